use fusewire::prelude::*;

fn double(n: u32) -> u32 {
    2 * n
}

fn main() {
    let _graph = fuse! { from_iter(1..9u32).fork(double, |n| just(n)).map(|(a, b)| a + b) };
}
