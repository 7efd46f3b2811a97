use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    x + fee
}

fn main() {
    let _ = price(4);
}
