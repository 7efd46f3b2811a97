use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).join(|| just(3)).map(|(a, b)| a + b);
    let _ = block_on(graph);
}
