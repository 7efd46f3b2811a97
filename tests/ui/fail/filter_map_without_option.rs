use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).map(|x| x + 1).filter_map(|x| x + 1).map(|x| x + 1) };
}
