use fusewire::prelude::*;

fn main() {
    let _ = fuse! { just(4u32).join(just_error::<u32, _>("broken")).map(|(a, b)| a + b) };
}
