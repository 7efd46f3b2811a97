use fusewire::context::cpu::Cpu;
use fusewire::device::reference::Reference;
use fusewire::prelude::*;
use std::num::ParseIntError;

#[stage(kernel)]
fn double(n: u32) -> u32 {
    n * 2
}

fn graph(device: Reference, compute: Cpu) -> impl Sender<Value = u32> {
    fuse! {
        just("4")
            .try_map(|text: &'static str| text.parse::<u32>())
            .then(on(device))
            .map(double)
            .then(on(compute))
            .map_err(|error: ParseIntError| std::io::Error::other(error))
    }
}

fn main() {
    graph(Reference::builder().build().unwrap(), Cpu::builder().build().unwrap());
}
