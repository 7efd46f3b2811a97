use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    let 4 = x else { return 1 };
    2
}

fn main() {
    let _ = price(4);
}
