use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).frobnicate(7) };
}
