//! A graph with arms on lanes of their own, as the macro describes it.

use fusewire::context::cpu::Cpu;
use fusewire::graph::topology::Topology;
use fusewire::prelude::*;
use fusewire::wait::Wait;

#[stage]
fn mid(quote: u64) -> u64 {
    quote / 2
}

#[stage]
fn score(quote: u64) -> Option<u64> {
    quote.checked_sub(7)
}

fn cpu(name: &str) -> Cpu {
    Cpu::builder().name(name).wait(Wait::Park).build().unwrap()
}

/// A fork whose arms meet where the next hop leads, then a route whose arms meet where it is.
pub(crate) fn fan() -> Topology {
    let (compute, models, io) = (cpu("compute"), cpu("models"), cpu("io"));
    let audit = models.clone();
    let graph = fuse! {
        from_iter(0..9u64)
            .then(on(compute))
            .fork(|q| just(q).map(mid), |q| just(q).then(on(models)).filter_map(score))
            .then(on(io).capacity(64))
            .map(|(mid, score)| mid + score)
            .route(|x| x % 2 == 0, |x| just(x).then(on(audit)).map(mid), |x| just(x))
            .for_each(drop)
    };
    graph.inspect()
}
