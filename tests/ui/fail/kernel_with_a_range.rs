use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    let range = 0..x;
    let _ = range;
    x
}

fn main() {
    let _ = price(4);
}
