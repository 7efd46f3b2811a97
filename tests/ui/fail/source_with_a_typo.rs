use fusewire::prelude::*;

fn main() {
    let _graph = fuse! { from_itr(1..9u32).filter(|n| *n > 3) };
}
