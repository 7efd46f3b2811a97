use fusewire::prelude::*;

fn main() {
    let graph = fuse! { from_iter(1..9u32).filter(|n| n % 2 == 0).stopped_as_none().map(|n: u32| n + 1) };
    let _ = block_on(graph);
}
