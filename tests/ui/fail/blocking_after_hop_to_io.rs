use fusewire::context::io::Io;
use fusewire::prelude::*;

#[stage(blocking)]
fn write_log(x: u32) -> u32 {
    println!("{x}");
    x
}

fn strategy(io: Io) -> impl Graph {
    fuse! { just(4u32).then(on(io)).map(|x| x + 1).map(write_log).map(|x| x + 1) }
}

fn main() {
    let _ = strategy;
}
