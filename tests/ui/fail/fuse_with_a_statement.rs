use fusewire::prelude::*;

fn main() {
    let _graph = fuse! { let more = 3; from_iter(1..9u32).map(move |n| n + more) };
}
