use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).try_map(|n: u32| n.checked_sub(1)).map(|n| n + 1);
    let _ = block_on(graph);
}
