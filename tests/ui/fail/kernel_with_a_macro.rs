use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    println!("{x}");
    x
}

fn main() {
    let _ = price(4);
}
