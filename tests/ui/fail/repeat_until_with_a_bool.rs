use fusewire::prelude::*;

fn main() {
    let graph = fuse! { from_iter(1..9u32).repeat_until(true).map(|n| n + 1) };
    let _ = block_on(graph);
}
