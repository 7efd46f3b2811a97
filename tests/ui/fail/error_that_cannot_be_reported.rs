use fusewire::engine::Engine;
use fusewire::prelude::*;

struct Broken;

fn main() {
    let graph = fuse! { from_iter(1..9u32).try_map(|n| if n > 3 { Err(Broken) } else { Ok(n) }) };
    let _ = Engine::new().run(graph);
}
