use fusewire::context::io::Io;
use fusewire::prelude::*;

#[stage(blocking)]
fn look_up(x: u32) -> impl Sender<Value = u32, Error = Never> {
    just(x)
}

fn strategy(io: Io) -> impl Graph {
    fuse! { just(4u32).then(on(io)).and(look_up) }
}

fn main() {
    let _ = strategy;
}
