use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).map(|x| x + 1).filter(|x: u32| x > 3).map(|x| x + 1) };
}
