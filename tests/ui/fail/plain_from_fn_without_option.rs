use fusewire::prelude::*;

fn main() {
    let _ = block_on(from_fn(|| 3).map(|n| n + 1));
}
