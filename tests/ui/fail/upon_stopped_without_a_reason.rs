use fusewire::prelude::*;

fn main() {
    let graph = fuse! { from_iter(1..9u32).filter(|n| n % 2 == 0).upon_stopped(|| 1).map(|n| n + 1) };
    let _ = block_on(graph);
}
