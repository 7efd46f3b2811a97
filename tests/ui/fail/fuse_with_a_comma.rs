use fusewire::prelude::*;

fn main() {
    let _graph = fuse! { from_iter(1..9u32), map(|n| n + 1) };
}
