use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).for_each(drop).map(|()| 1).filter(|x| *x > 3) };
}
