use fusewire::prelude::*;

async fn later(n: u32) -> u32 {
    n
}

fn main() {
    let _graph = fuse! { from_iter(1..9u32).and(later) };
}
