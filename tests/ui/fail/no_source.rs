use fusewire::prelude::*;

fn main() {
    let graph = fuse! { 4u32.map(|x| x + 1) };
    let _ = block_on(graph);
}
