//! Two lanes that park, joined by an edge of one slot, under the model checker: neither sleeps past
//! what the other did.

use std::sync::Arc;
use std::time::Instant;

use loom::sync::{Condvar, Mutex};
use loom::thread;

use super::{Downstream, Upstream, link};
use crate::context::{Context, ContextId, ContextRef};
use crate::lane::Lane;
use crate::ring::{InSlot, Indexed, Layout, ring};
use crate::work::TaskRef;

const VALUES: u32 = 2;

/// A context that does nothing but sleep and be woken.
struct Sleeper {
    id: ContextId,
    rung: Mutex<bool>,
    bell: Condvar,
}

impl Sleeper {
    fn new() -> Arc<Self> {
        Arc::new(Self { id: ContextId::unique(), rung: Mutex::new(false), bell: Condvar::new() })
    }

    fn sleep(&self) {
        let mut rung = self.rung.lock().unwrap();
        while !*rung {
            rung = self.bell.wait(rung).unwrap();
        }
        *rung = false;
    }
}

impl std::fmt::Debug for Sleeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sleeper")
    }
}

// SAFETY: the id is its own, and it runs nothing.
unsafe impl Context for Sleeper {
    fn id(&self) -> ContextId {
        self.id
    }

    fn name(&self) -> &'static str {
        "sleeper"
    }

    fn kind(&self) -> &'static str {
        "model"
    }

    fn post(&self, task: TaskRef) {
        drop(task);
    }

    fn post_waiting(&self, task: TaskRef, _: Option<Instant>) {
        drop(task);
    }

    fn attach(&self, lane: Box<dyn Lane>) {
        drop(lane);
    }

    fn wake(&self) {
        *self.rung.lock().unwrap() = true;
        self.bell.notify_one();
    }

    fn must_be_woken(&self) -> bool {
        true
    }
}

fn both_park<L: Layout>() {
    loom::model(|| {
        let (io, compute) = (Sleeper::new(), Sleeper::new());
        let (from, to): (ContextRef, ContextRef) = (io.clone(), compute.clone());
        let (upstream, downstream): (Upstream, Downstream) =
            link(&from, &to, crate::control::EdgeRefused::default());
        let (mut producer, mut consumer) = ring::<u32, L>(1).unwrap();
        let sender = thread::spawn(move || {
            let mut upstream = upstream;
            let mut next = 0;
            while next < VALUES {
                if producer.has_room() {
                    producer.push_reserved(next);
                    next += 1;
                    upstream.turned(producer.pushed());
                    continue;
                }
                upstream.stalled();
                if !producer.has_room() {
                    io.sleep();
                }
            }
        });
        let downstream = downstream;
        for expected in 0..VALUES {
            let value = loop {
                match consumer.try_pop() {
                    Some(value) => break value,
                    None => compute.sleep(),
                }
            };
            assert_eq!(value, expected);
            downstream.turned();
        }
        sender.join().unwrap();
    });
}

#[test]
fn both_park_indexed() {
    both_park::<Indexed>();
}

#[test]
fn both_park_in_slot() {
    both_park::<InSlot>();
}
