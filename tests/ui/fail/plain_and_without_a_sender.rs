use fusewire::prelude::*;

fn main() {
    let _graph = from_iter(1..9u32).and(|n| n + 1);
}
