use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> u32 {
    fn half(x: u32) -> u32 {
        x / 2
    }
    x + 1
}

fn main() {
    let _ = price(4);
}
