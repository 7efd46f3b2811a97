use fusewire::prelude::*;

fn main() {
    let _ = fusewire::consumers::detach(just(3));
}
