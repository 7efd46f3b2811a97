use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: [u32; 4]) -> u32 {
    let y = &x;
    y[0]
}

fn main() {
    let _ = price([1, 2, 3, 4]);
}
