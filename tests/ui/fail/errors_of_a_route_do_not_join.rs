use fusewire::prelude::*;

#[derive(Debug)]
struct Late;

#[derive(Debug)]
struct Missing;

fn first(x: u32) -> Result<u32, Late> {
    if x > 0 { Ok(x) } else { Err(Late) }
}

fn second(x: u32) -> Result<u32, Missing> {
    if x > 0 { Ok(x) } else { Err(Missing) }
}

fn main() {
    let _ = block_on(fuse! { just(1).route(|x| *x > 1, |x| just(x).try_map(first), |x| just(x).try_map(second)) });
}
