use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;

#[fusewire::fuse]
fn settle(n: u32, cpu: Cpu) -> impl Graph<Value = u32> {
    just(n).route(
        |n| *n < 3,
        |n| just(n).map(|n| n + 1),
        |n| just(n).then(on(cpu.clone())).and(|n| settle(n - 1, cpu)),
    )
}

fn main() {
    let _ = settle;
}
