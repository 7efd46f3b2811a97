use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;

fn main() {
    let cpu = Cpu::pinned(0).unwrap();
    let _ = fuse! { just(1u32).then(on(cpu)).map(|x| x + 1).repeat(10) };
}
