use fusewire::prelude::*;

#[derive(Clone, Copy)]
struct Row {
    x: u32,
}

#[stage(kernel)]
fn price(row: Row, by: u32) -> u32 {
    row.x / 2 + by
}

fn main() {
    let _ = price(Row { x: 4 }, 2);
}
