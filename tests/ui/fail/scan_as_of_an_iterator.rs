use fusewire::prelude::*;

#[stage]
fn tenfold(n: u32) -> u32 {
    n * 10
}

fn main() {
    let _graph = fuse! { from_iter(1..9u32).scan(0u32, |sum, n| { *sum += n; Some(*sum) }).map(tenfold) };
}
