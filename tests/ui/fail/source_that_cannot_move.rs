use fusewire::engine::Engine;
use fusewire::prelude::*;

#[stage]
fn tenfold(n: u32) -> u32 {
    n * 10
}

fn main() {
    let rc = std::rc::Rc::new(3u32);
    let graph = fuse! { from_fn(move || Some(*rc)).map(tenfold) };
    let _ = Engine::new().run(graph);
}
