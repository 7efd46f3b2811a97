use fusewire::engine::Engine;
use fusewire::prelude::*;

fn main() {
    let rc = std::rc::Rc::new(3u32);
    let graph = fuse! { from_iter(1..9u32).map(move |n| n + *rc) };
    let _ = Engine::new().run(graph);
}
