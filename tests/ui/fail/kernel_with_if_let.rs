use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    if let 4 = x { 1 } else { 2 }
}

fn main() {
    let _ = price(4);
}
