use fusewire::prelude::*;

fn main() {
    let _ = block_on(defer(|| 7).map(|x: u32| x + 1));
}
