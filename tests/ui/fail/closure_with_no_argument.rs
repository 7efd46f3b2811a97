use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(1u32).map(|x| x + 1).inspect_value(|| println!("here")) };
}
