use fusewire::prelude::*;
use fusewire::sources::{fed_back, feedback};

fn main() {
    let (mut back, again) = feedback::<u32>(8).unwrap();
    let _ = fuse! { fed_back(again).try_map(move |x| back.push(x)) };
}
