use fusewire::prelude::*;

#[derive(Clone, Copy)]
struct Row {
    x: u32,
}

#[stage(kernel)]
fn price(x: u32) -> Row {
    Row { x }
}

fn main() {
    let _ = price(4).x;
}
