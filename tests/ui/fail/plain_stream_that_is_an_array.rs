use fusewire::prelude::*;

fn main() {
    let _ = block_on(from_stream([1, 2, 3]).map(|n| n + 1));
}
