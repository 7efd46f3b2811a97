use fusewire::prelude::*;

#[fusewire::fuse]
fn strategy() {
    let _ = just(4u32).map(|x| x + 1);
}

fn main() {
    strategy();
}
