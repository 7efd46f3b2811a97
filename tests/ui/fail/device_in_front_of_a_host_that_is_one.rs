use fusewire::device::reference::Reference;
use fusewire::prelude::*;

fn hop(device: Reference) {
    let _ = on(device.clone()).or_on(device);
}

fn main() {
    hop(Reference::builder().build().unwrap());
}
