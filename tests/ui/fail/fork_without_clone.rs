use fusewire::prelude::*;

struct Order(u32);

fn main() {
    let _ = fuse! {
        just(4u32).map(|x| Order(x)).fork(|o| just(o.0).map(|x| x + 1), |o| just(o.0 + 1))
    };
}
