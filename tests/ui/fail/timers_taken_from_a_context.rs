// mistakes: 3
use std::time::Instant;

use fusewire::context::cpu::Cpu;
use fusewire::context::{Scheduler, enter};
use fusewire::work::TaskRef;

fn main() {
    let cpu = Cpu::builder().build().unwrap();
    let _here = enter(cpu.context().clone());
    let timers = cpu.context().timers().unwrap();
    timers.poll(Instant::now, TaskRef::run);
    drop(timers.take());
}
