use fusewire::prelude::*;

#[stage(kernel)]
fn price(_: u32) {}

fn main() {
    price(4);
}
