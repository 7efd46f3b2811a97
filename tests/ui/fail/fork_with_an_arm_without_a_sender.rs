use fusewire::prelude::*;

fn main() {
    let graph = fuse! { from_iter(1..9u32).fork(|n| just(n), |n| n + 1).map(|(a, b)| a + b) };
    let _ = block_on(graph);
}
