use fusewire::context::cpu::Cpu;
use fusewire::device::reference::Reference;
use fusewire::prelude::*;

fn double(n: u32) -> u32 {
    n * 2
}

fn graph(device: Reference, compute: Cpu) -> impl Sender<Value = u32> {
    fuse! { just(4u32).then(on(device).or_on(compute.clone())).map(double).then(on(compute)).map(|n| n + 1) }
}

fn main() {
    graph(Reference::builder().build().unwrap(), Cpu::builder().build().unwrap());
}
