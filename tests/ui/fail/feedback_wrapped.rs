use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;
use fusewire::sources::{fed_back, feedback};

fn main() {
    let cpu = Cpu::builder().build().unwrap();
    let (mut back, again) = feedback::<u32>(8).unwrap();
    let _ = fuse! {
        merge(from_iter(0..4u32), fed_back(again)).timeout(Duration::from_secs(1)).then(on(cpu)).try_map(move |x| back.push(x))
    };
}
