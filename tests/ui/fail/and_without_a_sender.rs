use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).map(|x| x + 1).and(|x| x + 1).map(|x: u32| x + 1) };
}
