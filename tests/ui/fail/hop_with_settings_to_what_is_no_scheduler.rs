use fusewire::prelude::*;

fn main() {
    let compute = "compute";
    let _graph = fuse! { from_iter(1..9u32).then(on(compute).capacity(4)).map(|n| n + 1) };
}
