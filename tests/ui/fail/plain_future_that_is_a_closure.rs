use fusewire::prelude::*;

fn main() {
    let _ = block_on(from_future(async || 3).map(|n| n + 1));
}
