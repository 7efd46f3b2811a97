use fusewire::prelude::*;

#[stage]
struct Price(u32);

fn main() {
    let _ = Price(4).0;
}
