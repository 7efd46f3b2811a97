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
    let _ = block_on(fuse! { just(1).try_map(first).join(just(2).try_map(second)).map(|(a, b)| a + b) });
}
