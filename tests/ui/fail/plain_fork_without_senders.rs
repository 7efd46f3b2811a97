use fusewire::prelude::*;

#[stage]
fn tenfold(n: u32) -> u32 {
    n * 10
}

fn main() {
    let _graph = from_iter(1..9u32).fork(tenfold, just);
}
