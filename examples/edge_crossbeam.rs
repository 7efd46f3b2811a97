//! An edge over `crossbeam-queue`'s `ArrayQueue`.
//!
//! Watch for `is_closed`: the queue does not know when an end is gone, so the count of its owners tells. Of what
//! the other end did before it went, nothing may be missed afterwards, which is what the fence is for.

use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, Mutex};

use crossbeam_queue::ArrayQueue;
use fusewire::context::cpu::Cpu;
use fusewire::edge::{Described, Edge, EdgeError, Pop, Push, Pushed};
use fusewire::engine::Engine;
use fusewire::prelude::*;

/// The description: a queue for so many values.
#[derive(Clone)]
struct Crossbeam(usize);

/// Either end.
struct End<T>(Arc<ArrayQueue<T>>);

impl<T: Send + 'static> Edge<T> for Crossbeam {
    type Sender = End<T>;
    type Receiver = End<T>;

    fn open(self) -> Result<(End<T>, End<T>), EdgeError> {
        let queue = Arc::new(ArrayQueue::new(self.0));
        Ok((End(queue.clone()), End(queue)))
    }
    fn describe(&self) -> Described {
        Described::new("array queue").capacity(self.0)
    }
}

impl<T> Push for End<T> {
    type Item = T;

    fn push(&mut self, value: T) -> Pushed<T> {
        self.0.push(value).map_or_else(Pushed::Full, |()| Pushed::Ok)
    }
    fn has_room(&mut self) -> bool {
        !self.0.is_full()
    }
    fn is_closed(&self) -> bool {
        let alone = Arc::strong_count(&self.0) == 1;
        // ORDERING: acquire, pairs with the release by which the other end gave up its share of the queue.
        fence(Ordering::Acquire);
        alone
    }
}

impl<T> Pop for End<T> {
    type Item = T;

    fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }
    fn ready(&mut self) -> bool {
        !self.0.is_empty()
    }
    fn is_closed(&self) -> bool {
        Push::is_closed(self)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let compute = Cpu::builder().name("compute").build()?;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seeing = seen.clone();
    let graph = fuse! {
        from_iter(0..10_000u64).then(on(compute).edge(Crossbeam(64))).for_each(move |n: u64| seeing.lock().unwrap().push(n))
    };
    Engine::new().run(graph)?.join()?;
    let seen = seen.lock().unwrap();
    assert!(seen.iter().copied().eq(0..10_000), "the edge lost, doubled or reordered values");
    println!("{} values in order, sum {}", seen.len(), seen.iter().sum::<u64>());
    Ok(())
}
