use fusewire::prelude::*;
struct Order { n: u32 }
fn main() {
    let _ = block_on(just(Order { n: 3 }).map(|o| o.n).map(|n| n + 1));
}
