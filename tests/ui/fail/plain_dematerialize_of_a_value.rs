use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).dematerialize().map(|n| n + 1);
    let _ = block_on(graph);
}
