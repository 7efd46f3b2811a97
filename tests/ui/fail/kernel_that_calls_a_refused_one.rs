use fusewire::prelude::*;

#[stage(kernel)]
fn half(x: u32) -> u32 {
    x.isqrt()
}

#[stage(kernel)]
fn price(x: u32) -> u32 {
    half(x)
}

fn main() {
    let _ = (price(4), price::bind());
}
