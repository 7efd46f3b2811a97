// mistakes: 3
use fusewire::prelude::*;

fn main() {
    let _ = fuse! {
        from_iter(0..9u32)
            .batch::<0>()
            .map(|a, b| a + b)
            .for_each(drop)
            .map(|()| 1)
    };
}
