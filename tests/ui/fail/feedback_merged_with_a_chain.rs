use fusewire::prelude::*;
use fusewire::sources::{fed_back, feedback};

fn main() {
    let (mut back, again) = feedback::<u32>(8).unwrap();
    let _ = fuse! { merge(just(4u32).map(|x| x + 1), fed_back(again)).try_map(move |x| back.push(x)) };
}
