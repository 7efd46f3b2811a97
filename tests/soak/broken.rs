//! A user's own edge, a queue behind a lock, with a fault planted in it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use fusewire::edge::{Described, Edge, EdgeCounters, EdgeError, EdgeStats, Pop, Push, Pushed, Readings};

use crate::check::Value;

/// What is wrong with an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Some value never comes.
    Loses,
    /// Some value comes twice.
    Doubles,
    /// Two values change places.
    Reorders,
    /// A value is made of two.
    Tears,
    /// A value is not counted.
    Miscounts,
}

/// When it shows.
const AT: u64 = 1_000;

/// The description of the edge.
#[derive(Clone, Copy)]
pub(crate) struct Faulty {
    capacity: usize,
    fault: Fault,
}

impl Faulty {
    pub(crate) const fn new(capacity: usize, fault: Fault) -> Self {
        Self { capacity, fault }
    }
}

struct Queue {
    values: VecDeque<Value>,
    pushed: u64,
    popped: u64,
}

/// One end.
pub(crate) struct End {
    queue: Arc<Mutex<Queue>>,
    // Who is there: the other end is gone when nobody else holds it.
    alive: Arc<()>,
    edge: Faulty,
}

impl Edge<Value> for Faulty {
    type Sender = End;
    type Receiver = End;

    fn open(self) -> Result<(End, End), EdgeError> {
        let values = VecDeque::with_capacity(self.capacity + 2);
        let queue = Arc::new(Mutex::new(Queue { values, pushed: 0, popped: 0 }));
        let alive = Arc::new(());
        let other = End { queue: Arc::clone(&queue), alive: Arc::clone(&alive), edge: self };
        Ok((End { queue, alive, edge: self }, other))
    }

    fn describe(&self) -> Described {
        Described::new("locked").capacity(self.capacity)
    }
}

impl Push for End {
    type Item = Value;

    fn push(&mut self, mut value: Value) -> Pushed<Value> {
        let mut queue = self.queue.lock().unwrap();
        let Queue { values, pushed, .. } = &mut *queue;
        if values.len() >= self.edge.capacity {
            return Pushed::Full(value);
        }
        let at = *pushed == AT;
        *pushed += u64::from(!(at && self.edge.fault == Fault::Miscounts && value.number == AT));
        match self.edge.fault {
            Fault::Loses if at => return Pushed::Ok,
            Fault::Doubles if at => values.push_back(value),
            Fault::Tears if at => value.check[2] = Value::new(value.number + 1).check[2],
            Fault::Reorders if at => {
                values.push_back(Value::new(value.number + 1));
            }
            _ => {}
        }
        values.push_back(value);
        Pushed::Ok
    }

    fn has_room(&mut self) -> bool {
        self.queue.lock().unwrap().values.len() < self.edge.capacity
    }

    fn is_closed(&self) -> bool {
        Arc::strong_count(&self.alive) == 1
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(EdgeStats::new(Reading { queue: Arc::clone(&self.queue), capacity: self.edge.capacity }))
    }
}

impl Pop for End {
    type Item = Value;

    fn pop(&mut self) -> Option<Value> {
        let mut queue = self.queue.lock().unwrap();
        let value = queue.values.pop_front()?;
        queue.popped += 1;
        Some(value)
    }

    fn ready(&mut self) -> bool {
        !self.queue.lock().unwrap().values.is_empty()
    }

    fn is_closed(&self) -> bool {
        Arc::strong_count(&self.alive) == 1
    }

    fn stats(&self) -> Option<EdgeStats> {
        Push::stats(self)
    }
}

struct Reading {
    queue: Arc<Mutex<Queue>>,
    capacity: usize,
}

impl Readings for Reading {
    fn counters(&self) -> EdgeCounters {
        let queue = self.queue.lock().unwrap();
        let mut counters = EdgeCounters::default();
        counters.pushed = queue.pushed;
        counters.popped = queue.popped;
        counters.depth = queue.values.len() as u64;
        counters
    }

    fn capacity(&self) -> usize {
        self.capacity
    }
}
