use fusewire::prelude::*;

fn main() {
    let _ = fuse! { (|x: u32| x + 1).map(|x| x + 1) };
}
