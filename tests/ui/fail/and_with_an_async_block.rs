use fusewire::prelude::*;

fn main() {
    let _graph = fuse! { from_iter(1..9u32).and(|n| async move { n + 1 }) };
}
