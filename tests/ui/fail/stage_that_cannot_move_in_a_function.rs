use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;

#[fusewire::fuse]
fn graph(compute: Cpu) -> impl Graph<Value = u32> {
    let rc = std::rc::Rc::new(3u32);
    from_iter(1..9u32).then(on(compute)).map(move |n| n + *rc)
}

fn main() {
    let compute = Cpu::builder().build().unwrap();
    let _ = graph(compute);
}
