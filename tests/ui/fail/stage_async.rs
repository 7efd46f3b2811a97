use fusewire::prelude::*;

#[stage]
async fn price(x: u32) -> u32 {
    x + 1
}

fn main() {
    let _ = price;
}
