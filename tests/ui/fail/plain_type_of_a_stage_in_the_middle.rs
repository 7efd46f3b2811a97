use fusewire::prelude::*;

#[stage]
fn tenfold(n: u32) -> u32 {
    n * 10
}

#[stage]
fn long(n: u64) -> u32 {
    n as u32
}

fn main() {
    let _graph = from_iter(1..9u32)
        .map(tenfold)
        .map(tenfold)
        .map(tenfold)
        .map(long)
        .map(tenfold)
        .filter(|n| *n > 3)
        .map(tenfold)
        .map(tenfold);
}
