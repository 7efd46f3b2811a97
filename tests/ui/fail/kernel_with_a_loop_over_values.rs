use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: [u32; 4]) -> u32 {
    let mut sum = 0;
    for y in x {
        sum += y;
    }
    sum
}

fn main() {
    let _ = price([1, 2, 3, 4]);
}
