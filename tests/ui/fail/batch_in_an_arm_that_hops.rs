use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;

fn main() {
    let cpu = Cpu::pinned(0).unwrap();
    let _ = fuse! { just(1u32).fork(|x| just(x).then(on(cpu)).batch::<4>(), |x| just(x)) };
}
