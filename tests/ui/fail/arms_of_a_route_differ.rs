use fusewire::prelude::*;

fn main() {
    let _ = fuse! {
        just(4u32).route(|x| *x > 3, |x| just(x).map(|x| x + 1), |x| just(x).map(|_| "small"))
    };
}
