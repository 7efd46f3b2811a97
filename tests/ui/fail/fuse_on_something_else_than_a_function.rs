use fusewire::prelude::*;

#[fusewire::fuse]
struct Strategy;

fn main() {
    let _ = (Strategy, just(4u32));
}
