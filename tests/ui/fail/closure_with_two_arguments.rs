use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just((1u32, 2u32)).map(|a, b| a + b) };
}
