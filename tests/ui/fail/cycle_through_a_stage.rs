use fusewire::prelude::*;

#[fusewire::fuse]
fn count_down(n: u32) -> impl Graph<Value = u32> {
    just(n).filter(|n| *n > 0).and(|n| count_down(n - 1))
}

fn main() {
    let _ = count_down(3);
}
