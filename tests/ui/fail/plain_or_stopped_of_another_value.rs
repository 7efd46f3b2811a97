use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).filter(|n| n % 2 == 0).or_stopped(|_| just("odd")).map(|n| n + 1);
    let _ = block_on(graph);
}
