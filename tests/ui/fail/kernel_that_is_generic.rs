use fusewire::prelude::*;

#[stage(kernel)]
fn price<T: PartialOrd>(x: T) -> u32 {
    (x > x) as u32
}

fn main() {
    let _ = price(4u16);
}
