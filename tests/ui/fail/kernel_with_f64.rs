use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: f64) -> u32 {
    x as u32
}

fn main() {
    let _ = price(4.0);
}
