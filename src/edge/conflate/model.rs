//! Model checks of the exchange: what is popped is the latest of its key or the sender learns that it was taken, and every
//! value is dropped once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::thread;

use super::super::{Pop, Push, Pushed, Spsc};
use super::Conflate;

/// A value that counts its drops.
struct Counted {
    key: u32,
    number: u32,
    drops: Arc<AtomicUsize>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::SeqCst);
    }
}

/// Two values of one key: both come out, or the later alone.
#[test]
fn a_value_is_replaced_or_was_taken() {
    loom::model(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let key = Conflate(|value: &Counted| value.key);
        let (mut sender, mut receiver) = Spsc::new().capacity(1).policy(key).open::<Counted, u32>().unwrap();
        let stats = sender.stats().unwrap();
        let counted = drops.clone();
        let pushing = thread::spawn(move || {
            for number in 0..3 {
                let value = Counted { key: 7, number, drops: counted.clone() };
                assert!(matches!(sender.push(value), Pushed::Ok), "one key never waits");
            }
        });
        let mut last = None;
        loop {
            let closed = receiver.is_closed();
            match receiver.pop() {
                Some(value) => {
                    assert!(last < Some(value.number), "{} after {last:?}", value.number);
                    last = Some(value.number);
                }
                None if closed => break,
                None => thread::yield_now(),
            }
        }
        assert_eq!(last, Some(2), "the latest comes out");
        pushing.join().unwrap();
        drop(receiver);
        assert_eq!(drops.load(Ordering::SeqCst), 3);
        let counters = stats.counters();
        assert_eq!((counters.pushed, counters.popped + counters.dropped, counters.depth), (3, 3, 0));
    });
}

/// A receiver that leaves in the middle: what is inside is dropped once.
#[test]
fn what_is_inside_is_dropped_once() {
    loom::model(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let key = Conflate(|value: &Counted| value.key);
        let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(key).open::<Counted, u32>().unwrap();
        let popping = thread::spawn(move || drop(receiver.pop()));
        for number in 0..3 {
            let value = Counted { key: number % 2, number, drops: drops.clone() };
            assert!(matches!(sender.push(value), Pushed::Ok));
        }
        drop(sender);
        popping.join().unwrap();
        assert_eq!(drops.load(Ordering::SeqCst), 3);
    });
}
