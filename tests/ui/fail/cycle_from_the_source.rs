use fusewire::prelude::*;

#[fusewire::fuse]
fn strategy() -> impl Graph {
    strategy().map(|x: u32| x + 1)
}

fn main() {
    let _ = strategy();
}
