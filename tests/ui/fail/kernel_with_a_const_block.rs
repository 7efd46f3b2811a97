use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    x + const { 1 << 4 }
}

fn main() {
    let _ = price(4);
}
