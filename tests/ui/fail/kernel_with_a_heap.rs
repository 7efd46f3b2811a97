use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: Box<u32>) -> u32 {
    x.pow(2)
}

fn main() {
    let _ = price(Box::new(4));
}
