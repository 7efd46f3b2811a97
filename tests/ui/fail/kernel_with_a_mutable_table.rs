use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32, sums: &mut [u32]) -> u32 {
    sums[0] += x;
    sums[0]
}

fn main() {
    let _ = price(4, &mut [1]);
}
