use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).filter_map(|n| n > 2).map(|n| n + 1);
    let _ = block_on(graph);
}
