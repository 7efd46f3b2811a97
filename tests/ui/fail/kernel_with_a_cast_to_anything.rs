use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u8) -> u32 {
    x as _
}

fn main() {
    let _ = price(4);
}
