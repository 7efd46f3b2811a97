use fusewire::prelude::*;

fn main() {
    let _ = fuse! {};
}
