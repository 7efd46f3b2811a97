use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: [u32; 4]) -> u32 {
    x[1..3].len() as u32
}

fn main() {
    let _ = price([1; 4]);
}
