use fusewire::device::reference::Reference;
use fusewire::prelude::*;

#[stage(kernel)]
fn double(n: u32) -> u32 {
    n * 2
}

fn graph(device: Reference) -> impl Sender<Value = u32> {
    fuse! { just(4u32).then(on(device)).map(double).map(|n| n + 1).map(double) }
}

fn main() {
    graph(Reference::builder().build().unwrap());
}
