use fusewire::prelude::*;
use fusewire::sources::{fed_back, feedback};

fn main() {
    let ((mut back, one), (_, two)) = (feedback::<u32>(8).unwrap(), feedback::<u32>(8).unwrap());
    let _ = fuse! {
        merge(fed_back(one), merge(fed_back(two), from_iter(0..4u32))).try_map(move |x| back.push(x))
    };
}
