use fusewire::device::reference::Reference;
use fusewire::prelude::*;

#[stage(kernel)]
fn fee(price: u64, steps: &[u64]) -> u64 {
    price + steps[0]
}

fn graph(device: Reference) -> impl Sender<Value = u64> {
    fuse! { just(4u32).then(on(device)).map(fee::with([1, 2])) }
}

fn main() {
    graph(Reference::builder().build().unwrap());
}
