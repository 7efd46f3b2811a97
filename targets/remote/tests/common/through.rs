//! One graph over any edge: what comes out of it, and what must.

use std::sync::{Arc, Mutex};

use fusewire::context::cpu::Cpu;
use fusewire::edge::Edge;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use crate::eventually;

const VALUES: u64 = 20_000;

#[stage]
fn decode(n: u64) -> Option<(u64, u64)> {
    (!n.is_multiple_of(3)).then_some((n, n * 7))
}

#[stage]
fn join((n, times): (u64, u64)) -> u64 {
    n ^ (times << 20)
}

#[stage]
fn price(n: u64) -> Option<u64> {
    (!n.is_multiple_of(5)).then_some(n.rotate_left(7))
}

/// What comes out of the graph when its hop goes over `edge`, from a context that waits like that.
pub(crate) fn through<E>(edge: E, wait: Wait) -> Vec<u64>
where
    E: Edge<u64> + Send + 'static,
    E::Sender: 'static,
    E::Receiver: 'static,
{
    let io = Cpu::builder().name("io").wait(wait).build().unwrap();
    let compute = Cpu::builder().name("compute").wait(wait).build().unwrap();
    let out = Arc::<Mutex<Vec<u64>>>::default();
    let into = Arc::clone(&out);
    let graph = fuse! {
        from_iter(0..VALUES)
            .filter_map(decode)
            .map(join)
            .then(on(compute).edge(edge))
            .filter_map(price)
            .for_each(move |n: u64| into.lock().unwrap().push(n))
    };
    let handle = Engine::on(io).run(graph).unwrap();
    eventually("the graph ends", || handle.is_finished());
    let edge = handle.inspect().edges[0].clone();
    handle.join().unwrap();
    let counters = edge.counters.expect("the edge counts");
    assert_eq!(counters.pushed, counters.popped + counters.dropped + counters.depth, "{counters:?}");
    assert_eq!((counters.dropped, counters.depth), (0, 0), "{counters:?}");
    std::mem::take(&mut *out.lock().unwrap())
}

pub(crate) fn expected() -> Vec<u64> {
    (0..VALUES).filter_map(decode).map(join).filter_map(price).collect()
}
