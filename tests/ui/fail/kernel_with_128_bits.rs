use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u64) -> u64 {
    ((x as u128 * 3) >> 64) as u64
}

fn main() {
    let _ = price(4);
}
