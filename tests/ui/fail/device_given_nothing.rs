use fusewire::context::cpu::Cpu;
use fusewire::device::reference::Reference;
use fusewire::prelude::*;

fn graph(device: Reference, compute: Cpu) -> impl Sender<Value = u32> {
    fuse! { just(4u32).then(on(device)).then(on(compute)).map(|n| n + 1) }
}

fn main() {
    graph(Reference::builder().build().unwrap(), Cpu::builder().build().unwrap());
}
