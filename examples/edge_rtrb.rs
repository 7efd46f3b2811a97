//! An edge over `rtrb`'s ring: somebody else's ring carries a hop.
//!
//! Watch for how little an edge is: a description that opens two ends, of which one pushes and the other pops.
//! Whatever can be asked for room, for a value and for whether the other end is gone fits behind `.edge(..)`.

use std::sync::{Arc, Mutex};

use fusewire::context::cpu::Cpu;
use fusewire::edge::{Described, Edge, EdgeError, Pop, Push, Pushed};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use rtrb::{Consumer, Producer, PushError, RingBuffer};

/// The description: a ring for so many values.
#[derive(Clone)]
struct Rtrb(usize);

struct Pushes<T>(Producer<T>);

struct Pops<T>(Consumer<T>);

impl<T: Send + 'static> Edge<T> for Rtrb {
    type Sender = Pushes<T>;
    type Receiver = Pops<T>;

    fn open(self) -> Result<(Pushes<T>, Pops<T>), EdgeError> {
        let (producer, consumer) = RingBuffer::new(self.0);
        Ok((Pushes(producer), Pops(consumer)))
    }
    fn describe(&self) -> Described {
        Described::new("rtrb").capacity(self.0)
    }
}

impl<T> Push for Pushes<T> {
    type Item = T;

    fn push(&mut self, value: T) -> Pushed<T> {
        self.0.push(value).map_or_else(|PushError::Full(value)| Pushed::Full(value), |()| Pushed::Ok)
    }
    fn has_room(&mut self) -> bool {
        !self.0.is_full()
    }
    fn is_closed(&self) -> bool {
        self.0.is_abandoned()
    }
}

impl<T> Pop for Pops<T> {
    type Item = T;

    fn pop(&mut self) -> Option<T> {
        self.0.pop().ok()
    }
    fn ready(&mut self) -> bool {
        !self.0.is_empty()
    }
    fn is_closed(&self) -> bool {
        self.0.is_abandoned()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let compute = Cpu::builder().name("compute").build()?;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seeing = seen.clone();
    let graph = fuse! {
        from_iter(0..10_000u64).then(on(compute).edge(Rtrb(64))).for_each(move |n: u64| seeing.lock().unwrap().push(n))
    };
    Engine::new().run(graph)?.join()?;
    let seen = seen.lock().unwrap();
    assert!(seen.iter().copied().eq(0..10_000), "the edge lost, doubled or reordered values");
    println!("{} values in order, sum {}", seen.len(), seen.iter().sum::<u64>());
    Ok(())
}
