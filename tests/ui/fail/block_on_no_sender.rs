use fusewire::prelude::*;

fn main() {
    let _ = block_on(3);
}
