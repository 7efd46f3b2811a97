use std::rc::Rc;

use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;

fn main() {
    let cpu = Cpu::pinned(0).unwrap();
    let _ = fuse! {
        just(4u32)
            .try_map(|x| if x > 3 { Ok(x) } else { Err(Rc::new(x)) })
            .then(on(cpu))
            .map_err(|e| *e)
    };
}
