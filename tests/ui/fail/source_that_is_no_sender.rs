use fusewire::prelude::*;

fn number() -> u32 {
    4
}

fn main() {
    let _ = fuse! { number().map(|x: u32| x + 1) };
}
