use fusewire::kernel::Mapping;
use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32, y: u32) -> u32 {
    x + y
}

type Taken = <price as Mapping>::In;

fn main() {
    let _: Option<Taken> = None;
    let _ = price(1, 2);
}
