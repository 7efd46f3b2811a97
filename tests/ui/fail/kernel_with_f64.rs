use fusewire::prelude::*;

#[stage(kernel)]
fn narrow(x: f64) -> f32 {
    x as f32
}

fn main() {
    let _ = narrow(1.0);
}
