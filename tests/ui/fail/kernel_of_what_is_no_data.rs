use fusewire::prelude::*;

#[derive(Clone, Copy)]
struct Row {
    x: u32,
}

#[stage(kernel)]
fn price(row: Row) -> u32 {
    let Row { x } = row;
    x
}

fn main() {
    let _ = price(Row { x: 4 });
}
