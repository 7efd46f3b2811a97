use fusewire::prelude::*;

fn main() {
    let _ = block_on(fuse! { fusewire::future::try_future(async { 3 }).map(|n| n + 1) });
}
