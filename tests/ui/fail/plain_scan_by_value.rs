use fusewire::prelude::*;

fn main() {
    let graph = from_iter(1..9u32).scan(0, |sum: u32, n: u32| sum + n).map(|n| n + 1);
    let _ = block_on(graph);
}
