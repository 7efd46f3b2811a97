use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;

fn main() {
    let compute = Cpu::builder().build();
    let _graph = fuse! { from_iter(1..9u32).then(on(compute)).map(|n| n + 1) };
}
