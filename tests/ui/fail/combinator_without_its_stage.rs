use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(1u32).map().map(|x: u32| x + 1) };
}
