use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: &mut [u32; 4]) -> u32 {
    x[0]
}

fn main() {
    let _ = price(&mut [1, 2, 3, 4]);
}
