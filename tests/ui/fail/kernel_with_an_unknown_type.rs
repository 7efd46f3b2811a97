// mistakes: 2, the type is named once more in what is made of the stage
use fusewire::prelude::*;

#[stage(kernel)]
fn price(row: Row) -> u32 {
    7
}

fn main() {}
