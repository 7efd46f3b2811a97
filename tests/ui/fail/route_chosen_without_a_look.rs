use fusewire::prelude::*;

#[stage]
fn tenfold(n: u32) -> u32 {
    n * 10
}

fn main() {
    let _graph = fuse! { from_iter(1..9u32).route(|n| n > 3, |n| just(n).map(tenfold), |n| just(n)) };
}
