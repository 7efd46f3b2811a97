use fusewire::prelude::*;

fn main() {
    let graph = fuse! { from_iter(1..9u32).batch::<4>().map(|n: u32| n + 1) };
    let _ = block_on(graph);
}
