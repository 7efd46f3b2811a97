use fusewire::prelude::*;

fn main() {
    let graph = fuse! { just(4u32).map(|x| x + 1).filtr(|x| *x > 3).map(|x| x + 1) };
    graph.inspect();
    let _ = block_on(graph);
}
