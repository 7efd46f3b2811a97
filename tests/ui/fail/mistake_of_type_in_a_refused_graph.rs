// mistakes: 2
use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).map(|x| x.to_uppercase()).mapp(|x| x + 1) };
}
