use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    if x == 0 { 0 } else { price(x - 1) }
}

fn main() {
    let _ = price(4);
}
