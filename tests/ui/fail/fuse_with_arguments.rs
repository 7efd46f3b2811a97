use fusewire::prelude::*;

#[fusewire::fuse(fast)]
fn strategy() -> impl Graph {
    just(4u32).map(|x| x + 1)
}

fn main() {
    let _ = strategy();
}
