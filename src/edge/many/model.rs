//! Model checks of what the edge adds to the rings with several ends: values that are set aside, who is woken, and what a policy drops.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test --release --lib model`.

use loom::thread;

use super::super::{Broadcast, DropOldest, Edge, EdgeStats, Mpmc, Mpsc, Pop, Push, Pushed, Wake};
use crate::primitive::{Arc, AtomicBool, Ordering};

/// Whoever sleeps until somebody wakes it.
#[derive(Debug, Clone)]
struct Sleeper(Arc<AtomicBool>);

impl Sleeper {
    fn new() -> Self {
        Self(Arc::new(AtomicBool::new(false)))
    }

    /// Returns only when somebody woke it since the last time; a wake that never comes is a model that does not end.
    fn sleep(&self) {
        // ORDERING: relaxed, so that it brings nothing along that the edge does not.
        while !self.0.swap(false, Ordering::Relaxed) {
            thread::yield_now();
        }
    }
}

impl Wake for Sleeper {
    fn wake(&self) {
        // An exchange, which the model checker puts in one order with those of `sleep`.
        // ORDERING: relaxed, as in `sleep`.
        self.0.swap(true, Ordering::Relaxed);
    }
}

fn bounded(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

fn adds_up(stats: Option<EdgeStats>) -> (u64, u64, u64) {
    let counters = stats.expect("counters").counters();
    assert!(counters.balance(), "{counters:?}");
    (counters.pushed, counters.popped, counters.dropped)
}

/// Two senders are promised the same room. Each value comes out, also that of a sender that is dropped with it, and what a sender
/// pushed first comes first.
#[test]
fn promised_values_come_out_in_order() {
    bounded(3, || {
        let (mut first, mut receiver) = Edge::<u32>::open(Mpsc::new().capacity(2)).expect("an edge");
        let mut second = first.clone();
        let stats = receiver.stats();
        let pushing = thread::spawn(move || {
            let mut next = 0;
            while next < 2 && second.has_room() {
                assert_eq!(second.push(next), Pushed::Ok, "a promise");
                next += 1;
            }
            next
        });
        let mut here = 0;
        if first.has_room() {
            assert_eq!(first.push(10), Pushed::Ok, "a promise");
            here = 1;
        }
        let mut seen: Vec<u32> = receiver.pop().into_iter().collect();
        drop(first);
        seen.extend(receiver.pop());
        let there = pushing.join().expect("the other sender");
        assert!(receiver.is_closed());
        while receiver.ready() {
            seen.extend(receiver.pop());
        }
        let (mine, others): (Vec<u32>, Vec<u32>) = seen.into_iter().partition(|n| *n >= 10);
        assert_eq!(mine.len(), here);
        assert!(others.into_iter().eq(0..there), "lost or out of order");
        let all = u64::from(there) + here as u64;
        assert_eq!(adds_up(stats), (all, all, 0));
    });
}

/// A sender that finds no room sleeps, and is woken by the pop that makes some.
///
/// Fails without the fence of `Common::stall`.
#[test]
fn a_sender_is_woken_when_there_is_room() {
    bounded(2, || {
        let (mut sender, mut receiver) = Edge::<u32>::open(Mpsc::new().capacity(1)).expect("an edge");
        let sleeper = Sleeper::new();
        assert!(sender.woken_by(Box::new(sleeper.clone())));
        assert_eq!(sender.push(0), Pushed::Ok);
        let pushing = thread::spawn(move || {
            while !sender.has_room() {
                sleeper.sleep();
            }
            assert_eq!(sender.push(1), Pushed::Ok);
        });
        assert_eq!(receiver.pop(), Some(0));
        pushing.join().expect("the sender");
        assert_eq!(receiver.pop(), Some(1));
    });
}

/// The same where every receiver has to make room.
///
/// Fails without the fence of `Common::stall`.
#[test]
fn the_sender_of_a_broadcast_is_woken_when_there_is_room() {
    bounded(2, || {
        let edge = Broadcast::new().capacity(1).receivers(1);
        let (mut sender, mut receiver) = Edge::<u32>::open(edge).expect("an edge");
        let sleeper = Sleeper::new();
        assert!(sender.woken_by(Box::new(sleeper.clone())));
        assert_eq!(sender.push(0), Pushed::Ok);
        let pushing = thread::spawn(move || {
            while !sender.has_room() {
                sleeper.sleep();
            }
            assert_eq!(sender.push(1), Pushed::Ok);
        });
        assert_eq!(receiver.pop(), Some(0));
        pushing.join().expect("the sender");
        assert_eq!(receiver.pop(), Some(1));
    });
}

/// The oldest makes room for the newest, whoever is just popping: each value is popped or counted as dropped, and those that come out
/// are in order.
///
/// Fails if `ManyProducer::take_oldest` reads the number of the slot relaxed.
#[test]
fn the_oldest_is_dropped_and_counted() {
    bounded(2, || {
        let edge = Mpmc::new().capacity(1).policy(DropOldest);
        let (mut sender, mut receiver) = Edge::<Box<u32>>::open(edge).expect("an edge");
        let mut second = sender.clone();
        let stats = receiver.stats();
        let pushing = thread::spawn(move || {
            let _counted = second.push(Box::new(10));
        });
        for n in 0..2 {
            assert!(!matches!(sender.push(Box::new(n)), Pushed::Full(_) | Pushed::Failed(_)));
        }
        let mut seen: Vec<u32> = receiver.pop().map(|n| *n).into_iter().collect();
        pushing.join().expect("the other sender");
        seen.extend(receiver.pop().map(|n| *n));
        let mine: Vec<u32> = seen.iter().copied().filter(|n| *n < 10).collect();
        assert!(mine.is_sorted_by(|one, other| one < other), "{seen:?}");
        let (pushed, popped, _) = adds_up(stats);
        assert_eq!((pushed, popped), (3, seen.len() as u64));
    });
}
