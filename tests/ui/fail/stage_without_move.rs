// lines: 18, the borrow checker's own words
use fusewire::prelude::*;

#[fusewire::fuse]
fn graph(more: u32) -> impl Graph<Value = u32> {
    from_iter(1..9u32).map(|n| n + more)
}

fn main() {
    let _ = graph(3);
}
