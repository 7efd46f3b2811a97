use fusewire::prelude::*;

fn main() {
    let _ = block_on(fuse! { defer(|| 7).map(|x| x + 1) });
}
