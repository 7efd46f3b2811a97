use fusewire::engine::Engine;
use fusewire::prelude::*;

fn main() {
    let compute = "compute";
    let graph = fuse! { from_iter(1..9u32).then(on(compute)).map(|n| n + 1) };
    let _ = Engine::new().run(graph).unwrap().join();
}
