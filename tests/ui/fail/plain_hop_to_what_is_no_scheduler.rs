use fusewire::prelude::*;

fn main() {
    let compute = "compute";
    let _graph = from_iter(1..9u32).then(on(compute)).map(|n| n + 1);
}
