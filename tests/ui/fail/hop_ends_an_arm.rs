use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;

fn main() {
    let cpu = Cpu::pinned(0).unwrap();
    let _ = fuse! { just(1u32).fork(|x| just(x).then(on(cpu)), |x| just(x + 1)) };
}
