//! A chain has no cycle, and a graph that contains itself is refused. A value comes back over an
//! edge, whose receiving end is a source: that is the edge that breaks the cycle.

use std::sync::{Arc, Mutex};

use fusewire::context::manual::Manual;
use fusewire::edge::edge;
use fusewire::engine::Engine;
use fusewire::prelude::*;

fn main() {
    let (mut back, receiver) = edge::<u32>(4).unwrap();
    assert_eq!(back.push(3), fusewire::edge::Pushed::Ok);
    let mut back = Some(back);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let graph = fuse! {
        recv(receiver)
            .inspect_value(move |n| log.lock().unwrap().push(*n))
            .for_each(move |n| match (n, &mut back) {
                // The end of the cycle: the edge closes, and with it the source ends.
                (0, back) => *back = None,
                (n, Some(back)) => drop(back.push(n - 1)),
                (_, None) => {}
            })
    };
    Engine::on(Manual::new()).run(graph).unwrap().join().unwrap();
    assert_eq!(*seen.lock().unwrap(), [3, 2, 1, 0]);
}
