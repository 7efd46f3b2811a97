// mistakes: 2
use fusewire::prelude::*;
use fusewire::sources::{fed_back, feedback};

fn main() {
    let (mut back, again) = feedback::<u32>(8).unwrap();
    let _ = fuse! {
        merge(from_iter(0..4u32), fed_back(again)).join(from_iter(0..9u32)).try_map(move |(x, _)| back.push(x))
    };
    let (mut back, again) = feedback::<u32>(8).unwrap();
    let _ = fuse! {
        from_iter(0..9u32)
            .join(just(7u32).join(merge(fed_back(again), from_iter(0..4u32)).map(|x| x + 1)))
            .try_map(move |(_, (_, x))| back.push(x))
    };
}
