use fusewire::prelude::*;

#[stage(blocking = true)]
fn price(x: u32) -> u32 {
    x + 1
}

fn main() {
    let _ = fuse! { just(4u32).map(price) };
}
