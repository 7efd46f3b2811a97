use fusewire::prelude::*;

#[derive(Clone, Copy)]
struct Row {
    x: u32,
}

#[stage(kernel)]
fn price(x: u32) -> u32 {
    let row = Row { x };
    row.x
}

fn main() {
    let _ = price(4);
}
