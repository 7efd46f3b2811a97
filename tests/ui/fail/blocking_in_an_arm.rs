use fusewire::context::io::Io;
use fusewire::prelude::*;

mod stages {
    #[fusewire::stage(blocking)]
    pub fn write_log(x: u32) -> u32 {
        println!("{x}");
        x
    }
}

fn strategy(io: Io) -> impl Graph {
    fuse! {
        just(4u32)
            .then(on(io))
            .fork(|x| just(x).map(stages::write_log), |x| just(x + 1))
    }
}

fn main() {
    let _ = strategy;
}
