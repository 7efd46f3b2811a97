use fusewire::prelude::*;

fn main() {
    let _graph = fuse! {};
}
