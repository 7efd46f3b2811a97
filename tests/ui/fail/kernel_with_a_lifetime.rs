use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32, sums: &'static [u32]) -> u32 {
    sums[0] + x
}

fn main() {
    let _ = price(4, &[1]);
}
