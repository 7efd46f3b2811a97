use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: u32) -> Option<u32> {
    let y = Some(x)?;
    Some(y)
}

fn main() {
    let _ = price(4);
}
