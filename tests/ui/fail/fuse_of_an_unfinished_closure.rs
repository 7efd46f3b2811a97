use fusewire::prelude::*;

#[fusewire::fuse]
fn strategy() -> impl Graph {
    just(4u32).map(|x| x + 1).map(|q| q.).map(|x| x)
}

fn main() {
    let _ = strategy();
}
