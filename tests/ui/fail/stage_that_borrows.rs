// lines: 17, the borrow checker's own words
use fusewire::engine::Engine;
use fusewire::prelude::*;

fn main() {
    let table = vec![1u32, 2];
    let graph = fuse! { from_iter(0..2usize).map(|n| table[n]) };
    let _ = Engine::new().run(graph);
}
