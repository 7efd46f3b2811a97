use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32, [a, b]: &[u32; 2]) -> u32 {
    a + b + x
}

fn main() {
    let _ = price(4, &[1, 2]);
}
