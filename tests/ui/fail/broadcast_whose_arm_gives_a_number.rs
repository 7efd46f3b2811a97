use fusewire::prelude::*;

fn main() {
    let _ = from_iter(0..4u32).broadcast(|x| x + 1, |x| just(x).for_each(drop));
}
