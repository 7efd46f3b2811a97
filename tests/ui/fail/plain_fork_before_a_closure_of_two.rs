use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).fork(|n| just(n), |n| just(n)).map(|a, b| a + b);
    let _ = block_on(graph);
}
