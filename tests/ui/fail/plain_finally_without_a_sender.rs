use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).finally(|| 3).map(|n| n + 1);
    let _ = block_on(graph);
}
