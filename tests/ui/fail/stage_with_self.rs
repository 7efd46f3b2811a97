use fusewire::prelude::*;

struct Pricer(u32);

impl Pricer {
    #[stage]
    fn price(&self, x: u32) -> u32 {
        x + self.0
    }
}

fn main() {
    let _ = Pricer(4).price(4);
}
