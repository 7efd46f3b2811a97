use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: usize) -> u32 {
    x as u32
}

fn main() {
    let _ = price(4);
}
