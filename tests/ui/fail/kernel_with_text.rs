use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    let name = "price";
    let _ = name;
    x
}

fn main() {
    let _ = price(4);
}
