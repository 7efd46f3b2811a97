use fusewire::prelude::*;
use fusewire::sources::{fed_back, feedback};

fn main() {
    let (back, again) = feedback::<u32>(8).unwrap();
    let _ = fuse! { merge(from_iter(0..4u32), fed_back(again)).map(u64::from).try_map(back.unless(|x| *x == 0)) };
}
