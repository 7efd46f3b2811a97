use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    let (mut a, mut b) = (x, 1);
    (a, b) = (b, a);
    a - b
}

fn main() {
    let _ = price(4);
}
