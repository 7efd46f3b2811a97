use fusewire::prelude::*;

fn main() {
    let _ = block_on(from_iter(3).map(|n| n + 1));
}
