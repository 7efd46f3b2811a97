use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;

fn main() {
    let compute = Cpu::builder().build().unwrap();
    let graph = fuse! { from_iter(1..9u32).map(|n| std::rc::Rc::new(n)).then(on(compute)).map(|n| *n) };
    let _ = Engine::new().run(graph);
}
