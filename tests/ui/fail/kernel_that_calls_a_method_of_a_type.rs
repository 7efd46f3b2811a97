use fusewire::kernel;
use fusewire::prelude::*;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Row {
    x: u32,
}

impl Row {
    fn new(x: u32) -> Self {
        Self { x }
    }
}

#[stage(kernel)]
fn price(x: u32) -> Row {
    Row::new(x)
}

fn main() {
    let _ = price(4).x;
}
