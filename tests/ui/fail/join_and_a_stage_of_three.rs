use fusewire::prelude::*;

#[stage]
fn three((a, b, c): (u32, u32, u32)) -> u32 {
    a + b + c
}

fn main() {
    let _graph = fuse! { from_iter(1..9u32).join(from_iter(1..9u32)).map(three) };
}
