use fusewire::prelude::*;

#[stage(kernel)]
fn price(row: Row) -> u32 {
    7
}

fn main() {}
