use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    std::cmp::min(x, 7)
}

fn main() {
    let _ = price(4);
}
