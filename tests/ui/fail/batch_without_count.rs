use fusewire::prelude::*;

fn main() {
    let _ = fuse! { from_iter(0..9u32).batch().map(|batch| batch.len()) };
}
