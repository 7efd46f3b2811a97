// lines: 18, the borrow checker's own words
use fusewire::engine::Engine;
use fusewire::prelude::*;

fn main() {
    let table = vec![1u32, 2];
    let table = &table;
    let graph = fuse! { from_iter(0..2usize).map(move |n| table[n]) };
    let _ = Engine::new().run(graph);
}
