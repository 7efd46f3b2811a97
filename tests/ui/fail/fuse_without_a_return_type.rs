use fusewire::fuse;
use fusewire::prelude::*;

#[fuse]
fn graph() {
    just(7_u32).map(|x| x + 1).map(|x| x * 2)
}

fn main() {
    let _ = block_on(graph());
}
