use fusewire::prelude::*;

#[stage]
fn length(text: String) -> usize {
    text.len()
}

fn main() {
    let graph = fuse! {
        just(4u32)
            .map(|x| x + 1)
            .map(|x| x + 2)
            .map(|x| x + 3)
            .map(length)
            .filter(|x| *x > 3)
            .map(|x| x + 5)
            .map(|x| x + 6)
            .map(|x| x + 7)
    };
    let _ = block_on(graph);
}
