use fusewire::prelude::*;

fn main() {
    let _graph = fuse! { from_iter(1..9u32).await.map(|n| n + 1) };
}
