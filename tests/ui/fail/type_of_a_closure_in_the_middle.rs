use fusewire::prelude::*;

fn main() {
    let graph = fuse! {
        just(4u32)
            .map(|x| x + 1)
            .map(|x| x + 2)
            .map(|x| x + 3)
            .map(|text: String| text.len())
            .filter(|x| *x > 3)
            .map(|x| x + 5)
            .map(|x| x + 6)
            .map(|x| x + 7)
    };
    graph.inspect();
    let _ = block_on(graph);
}
