use fusewire::prelude::*;

#[stage]
fn half(x: u32) -> u32 {
    x / 2
}

#[stage(kernel)]
fn price(x: u32) -> u32 {
    half(x)
}

fn main() {
    let _ = price(4);
}
