use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(1u32).fork(|x| just(x)) };
}
