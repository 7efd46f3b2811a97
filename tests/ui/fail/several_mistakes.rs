// mistakes: 4
use fusewire::prelude::*;

fn main() {
    let _ = fuse! {
        from_iter(0..9u32)
            .mapp(|x| x + 1)
            .batch()
            .then(7)
            .fork(|x| just(x).filtr(|x| *x > 3))
    };
}
