use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).fork(|x| just(x).for_each(drop).map(|()| 1), |x| just(x)) };
}
