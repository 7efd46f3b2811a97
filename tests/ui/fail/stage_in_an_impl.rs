use fusewire::prelude::*;

struct Prices;

impl Prices {
    #[stage]
    fn double(x: u64) -> u64 {
        x * 2
    }
}

fn main() {
    let _ = block_on(fuse! { just(1_u64).map(Prices::double) });
}
