use fusewire::prelude::*;
struct Order { n: u32 }
fn main() {
    let _ = block_on(fuse! { just(Order { n: 3 }).map(|o| o.n).map(|n| n + 1) });
}
