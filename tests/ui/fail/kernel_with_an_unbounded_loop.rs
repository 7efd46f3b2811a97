use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    let mut y = x;
    while y > 7 {
        y = y / 2;
    }
    y
}

fn main() {
    let _ = price(4);
}
