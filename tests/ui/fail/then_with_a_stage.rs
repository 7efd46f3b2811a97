use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(1u32).then(|x| x + 1).map(|x| x + 1) };
}
