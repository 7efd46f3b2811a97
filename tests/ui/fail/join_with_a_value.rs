use fusewire::prelude::*;

fn main() {
    let graph = fuse! { from_iter(1..9u32).join(3).map(|(a, b)| a + b) };
    let _ = block_on(graph);
}
