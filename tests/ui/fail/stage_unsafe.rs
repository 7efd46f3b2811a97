use fusewire::prelude::*;

#[stage]
unsafe fn price(x: u32) -> u32 {
    x + 1
}

fn main() {
    let _ = price;
}
