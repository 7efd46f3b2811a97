use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;

fn main() {
    let compute = Cpu::builder().build().unwrap();
    let rc = std::rc::Rc::new(3u32);
    let graph = fuse! { from_iter(1..9u32).then(on(compute)).map(move |n| n + *rc).map(|n| n + 1) };
    let _ = Engine::new().run(graph);
}
