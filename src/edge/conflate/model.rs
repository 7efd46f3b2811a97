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

/// More pushes than there are slots, so that slots and cells are taken back while the receiver hands others over: two keys arrive
/// in slots that were taken before, and one of them is replaced there.
#[test]
fn what_is_handed_back_is_used_again() {
    loom::model(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let key = Conflate(|value: &Counted| value.key);
        let (mut sender, mut receiver) = Spsc::new().capacity(1).policy(key).open::<Counted, u32>().unwrap();
        let value = |key, number| Counted { key, number, drops: drops.clone() };
        // All three slots are taken once, without another thread.
        for key in 0..3 {
            assert!(matches!(sender.push(value(key, 0)), Pushed::Ok));
        }
        assert_eq!(receiver.pop().map(|value| value.key), Some(0));
        let popping = thread::spawn(move || {
            let mut came = Vec::new();
            for _ in 0..2 {
                came.extend(receiver.pop().map(|value| (value.key, value.number)));
            }
            (came, receiver)
        });
        // The first goes where 0 was; the second replaces it, or finds it taken and goes where another was, if that is back.
        assert!(matches!(sender.push(value(3, 1)), Pushed::Ok));
        let second = sender.push(value(3, 2));
        let is_in = matches!(second, Pushed::Ok);
        drop(second);
        let (mut came, mut receiver) = popping.join().unwrap();
        came.extend(std::iter::from_fn(|| receiver.pop()).map(|value| (value.key, value.number)));
        assert_eq!(came[..2], [(1, 0), (2, 0)]);
        let of_three: Vec<_> = came[2..].iter().map(|(key, number)| (*key, *number)).collect();
        match of_three[..] {
            [(3, 2)] | [(3, 1), (3, 2)] => assert!(is_in),
            [(3, 1)] => assert!(!is_in, "the latest is lost"),
            _ => panic!("{of_three:?}"),
        }
        drop((sender, receiver));
        assert_eq!(drops.load(Ordering::SeqCst), 5);
    });
}
