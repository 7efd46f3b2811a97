use fusewire::prelude::*;

fn main() {
    let v = vec![1, 2];
    let _graph = fuse! { v.into_iter().map(|n| n + 1) };
}
