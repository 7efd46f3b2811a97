use fusewire::prelude::*;

#[stage(kernel)]
fn price(x: f32) -> f32 {
    (x as f64 * 1.5) as f32
}

fn main() {
    let _ = price(4.0);
}
