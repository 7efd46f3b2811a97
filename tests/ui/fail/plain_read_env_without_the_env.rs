use fusewire::prelude::*;

fn main() {
    let _ = block_on(read_env(|| 3).map(|n| n + 1));
}
