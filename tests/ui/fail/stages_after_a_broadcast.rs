use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).broadcast(|x| just(x).for_each(drop), |x| just(x).for_each(drop)).map(|()| 1) };
}
