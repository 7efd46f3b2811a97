use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(1u32).scan(0, |x| x + 1) };
}
