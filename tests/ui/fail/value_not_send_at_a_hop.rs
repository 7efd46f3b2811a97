use std::rc::Rc;

use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;

fn main() {
    let cpu = Cpu::pinned(0).unwrap();
    let _ = fuse! { just(4u32).map(|x| Rc::new(x)).then(on(cpu)).map(|x| *x + 1) };
}
