use fusewire::prelude::*;

#[derive(Clone, Copy)]
struct Row {
    x: u32,
}

#[stage(kernel)]
fn price(x: u32, rows: &[Row]) -> u32 {
    rows[x as usize].x
}

fn main() {
    let _ = price(0, &[Row { x: 4 }]);
}
