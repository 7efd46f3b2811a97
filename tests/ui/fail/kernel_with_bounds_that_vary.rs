use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    let mut sum = 0;
    for i in 0..x {
        sum += i;
    }
    sum
}

fn main() {
    let _ = price(4);
}
