//! An edge over a ring of one's own, with counters.
//!
//! Watch for `stats`: the ring counts what was pushed and popped because it needs both numbers, and `Readings`
//! (beside the ring, in `edge_own_ring/ring.rs`) shows them to `inspect`, also after both ends are gone.

#[path = "edge_own_ring/ring.rs"]
mod ring;

use std::sync::{Arc, Mutex};

use fusewire::context::cpu::Cpu;
use fusewire::edge::{Described, Edge, EdgeError, EdgeStats, Pop, Push, Pushed};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use ring::{Count, End};

/// The description: a ring for so many values.
#[derive(Clone)]
struct Own(usize);

impl<T: Send + 'static> Edge<T> for Own {
    type Sender = End<T>;
    type Receiver = End<T>;

    fn open(self) -> Result<(End<T>, End<T>), EdgeError> {
        Ok(End::pair(self.0))
    }
    fn describe(&self) -> Described {
        Described::new("own").capacity(self.0)
    }
}

impl<T: Send + 'static> Push for End<T> {
    type Item = T;

    fn push(&mut self, value: T) -> Pushed<T> {
        self.0.push(value).map_or_else(Pushed::Full, |()| Pushed::Ok)
    }
    fn has_room(&mut self) -> bool {
        self.0.len() < self.0.capacity()
    }
    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
    fn stats(&self) -> Option<EdgeStats> {
        Some(EdgeStats::new(Count(self.0.clone())))
    }
}

impl<T: Send + 'static> Pop for End<T> {
    type Item = T;

    fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }
    fn ready(&mut self) -> bool {
        self.0.len() > 0
    }
    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let compute = Cpu::builder().name("compute").build()?;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seeing = seen.clone();
    let graph = fuse! {
        from_iter(0..10_000u64).then(on(compute).edge(Own(64))).for_each(move |n: u64| seeing.lock().unwrap().push(n))
    };
    let handle = Engine::new().run(graph)?;
    while !handle.wait_for(std::time::Duration::from_secs(1)) {}
    let count = handle.inspect().edges[0].counters.ok_or("the edge keeps no counters")?;
    handle.join()?;
    println!("{} pushed, {} popped, {} inside", count.pushed, count.popped, count.depth);
    let seen = seen.lock().unwrap();
    assert!(seen.iter().copied().eq(0..10_000), "the edge lost, doubled or reordered values");
    println!("{} values in order, sum {}", seen.len(), seen.iter().sum::<u64>());
    Ok(())
}
