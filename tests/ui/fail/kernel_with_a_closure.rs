use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    let add = |y: u32| x + y;
    add(4)
}

fn main() {
    let _ = price(4);
}
