use fusewire::prelude::*;

fn small(x: u32) -> Result<u32, std::fmt::Error> {
    Ok(x)
}

fn even(x: u32) -> Result<u32, std::io::Error> {
    Ok(x)
}

fn main() {
    let _ = fuse! { just(1u32).fork(|x| just(x).try_map(even), |x| just(x).try_map(small)) };
}
