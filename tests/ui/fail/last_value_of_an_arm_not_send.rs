use fusewire::context::Scheduler;
use fusewire::prelude::*;

fn graph<C: Scheduler>(compute: C) -> impl Graph {
    fuse! {
        from_iter(1..9u32)
            .fork(|n| just(n).then(on(compute)).map(std::rc::Rc::new), |n| just(n))
            .for_each(|(a, b)| drop((a, b)))
    }
}

fn main() {}
