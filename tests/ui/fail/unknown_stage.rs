use fusewire::prelude::*;

#[stage]
fn price(x: u32) -> u32 {
    x + 1
}

fn main() {
    let _ = fuse! { just(4u32).map(prize).map(price) };
}
