use fusewire::context::inline::Inline;
use fusewire::prelude::*;

fn small(x: u32) -> Result<u32, std::fmt::Error> {
    Ok(x)
}

fn even(x: u32) -> Result<u32, std::io::Error> {
    Ok(x)
}

fn graph(home: Inline) {
    let _ = block_on(fuse! {
        just(1_u32)
            .fork3(|x| just(x), |x| just(x).then(on(home)).try_map(even), |x| just(x).try_map(small))
            .map(|(a, b, c)| a + b + c)
    });
}

fn main() {}
