use fusewire::prelude::*;

#[fusewire::fuse]
fn strategy(limit: u32) -> impl Graph<Value = u32> {
    just(4u32).map(|x| x + 1).mapp(move |x| x + limit)
}

fn main() {
    let _ = block_on(strategy(7));
}
