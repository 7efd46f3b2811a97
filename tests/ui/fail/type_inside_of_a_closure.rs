use fusewire::prelude::*;

fn main() {
    let graph = fuse! {
        just(4u32)
            .map(|x| x + 1)
            .map(|x| x + 2)
            .map(|x| x.to_uppercase())
            .map(|x| x)
            .filter(|x| true)
            .map(|x| x)
            .map(|x| x)
            .map(|x| x)
    };
    let _ = block_on(graph);
}
