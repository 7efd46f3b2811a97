use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: (u32, u32)) -> u32 {
    x.0 + x.1
}

fn main() {
    let _ = price((4, 5));
}
