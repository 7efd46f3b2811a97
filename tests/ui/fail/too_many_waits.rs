use fusewire::prelude::*;

fn main() {
    let _ = fuse! {
        just(1u32)
            .and(just).and(just).and(just).and(just)
            .and(just).and(just).and(just).and(just)
            .and(just).and(just).and(just).and(just)
            .and(just).and(just).and(just).and(just)
            .map(|x| x + 1)
    };
}
