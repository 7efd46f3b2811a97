//! `Conflate`: of each key the latest value, in the order of arrival, at the same cost for each push.

use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fusewire::edge::{Conflate, Pop, Push, Pushed, Spsc};

use super::adds_up;

#[test]
fn conflate_keeps_the_latest_of_each_key_in_order_of_arrival() {
    let key = Conflate(|value: &(u8, u32)| value.0);
    let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(key).open().unwrap();
    for value in [(7, 0), (3, 1), (7, 2), (3, 3), (3, 4), (7, 5)] {
        assert!(sender.has_room(), "as many keys as the capacity never wait");
        assert_eq!(sender.push(value), Pushed::Ok);
    }
    let counters = adds_up(sender.stats().unwrap().counters());
    assert_eq!((counters.pushed, counters.dropped, counters.depth), (6, 4, 2));
    assert_eq!(receiver.pop(), Some((7, 5)));
    assert_eq!(sender.push((7, 6)), Pushed::Ok, "a key that was taken arrives anew");
    assert_eq!([receiver.pop(), receiver.pop(), receiver.pop()], [Some((3, 4)), Some((7, 6)), None]);
    adds_up(sender.stats().unwrap().counters());
}

#[test]
fn conflate_never_loses_a_key() {
    let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(Conflate(|n: &u32| *n)).open().unwrap();
    let pushed: Vec<_> = (0..10).map(|n| sender.push(n)).collect();
    let taken = pushed.iter().filter(|pushed| **pushed == Pushed::Ok).count() as u32;
    assert!((2..10).contains(&taken) && !sender.has_room());
    assert_eq!(pushed.last(), Some(&Pushed::Full(9)));
    for n in 0..taken {
        assert_eq!(receiver.pop(), Some(n));
    }
    assert!(sender.has_room());
    assert_eq!(sender.push(9), Pushed::Ok);
    drop(sender);
    assert_eq!((receiver.is_closed(), receiver.pop(), receiver.pop()), (true, Some(9), None));
}

#[test]
fn conflate_stalls_when_more_keys_wait_than_there_is_room_for() {
    let (mut sender, mut receiver) =
        Spsc::new().capacity(2).policy(Conflate(|n: &u32| n / 10)).open().unwrap();
    let stats = sender.stats().unwrap();
    let mut keys = 0;
    while sender.has_room() {
        assert_eq!(stats.counters().stalls, 0, "{keys} keys wait");
        assert_eq!(sender.push(keys * 10), Pushed::Ok);
        keys += 1;
    }
    for _ in 0..3 {
        assert_eq!(sender.push(keys * 10), Pushed::Full(keys * 10));
        assert!(!sender.has_room());
    }
    assert_eq!(stats.counters().stalls, 1, "one wait is one stall, however often it is asked about");
    assert_eq!(sender.push(1), Pushed::Ok, "the latest of a key that waits needs no room");
    assert!(!sender.has_room());
    assert_eq!(stats.counters().stalls, 2, "a push succeeded in between");
    assert_eq!((receiver.pop(), sender.has_room()), (Some(1), true));
    assert_eq!(adds_up(stats.counters()).stalls, 2);
}

#[test]
fn conflate_drops_what_is_inside_once() {
    let (mut sender, mut receiver) =
        Spsc::new().capacity(4).policy(Conflate(|value: &(u8, Arc<()>)| value.0)).open().unwrap();
    let token = Arc::new(());
    for n in 0..9 {
        assert_eq!(sender.push((n % 3, token.clone())), Pushed::Ok);
    }
    assert_eq!(Arc::strong_count(&token), 1 + 3, "what was replaced is gone");
    drop(receiver.pop());
    drop((sender, receiver));
    assert_eq!(Arc::strong_count(&token), 1);
}

/// A key that counts how often it is hashed, compared and dropped.
struct Counting(u32, Arc<AtomicUsize>);

impl Counting {
    fn count(&self) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

impl Hash for Counting {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.count();
        self.0.hash(hasher);
    }
}

impl PartialEq for Counting {
    fn eq(&self, other: &Self) -> bool {
        self.count();
        self.0 == other.0
    }
}

impl Eq for Counting {}

impl Drop for Counting {
    fn drop(&mut self) {
        self.count();
    }
}

/// No push pays for all that was popped before it.
#[test]
fn conflate_does_as_much_in_each_push() {
    const KEYS: u32 = 5_000;
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let key = Conflate(move |n: &u32| Counting(*n, Arc::clone(&counted)));
    let (mut sender, mut receiver) = Spsc::new().capacity(KEYS as usize).policy(key).open().unwrap();
    for round in 0..4 {
        for n in 0..KEYS {
            count.store(0, Ordering::Relaxed);
            assert!(sender.has_room());
            assert_eq!(sender.push(round * 3_000 + n), Pushed::Ok);
            let did = count.load(Ordering::Relaxed);
            assert!(did < 20, "{did} hashes, comparisons and drops in push {n} of round {round}");
        }
        for n in 0..KEYS {
            assert_eq!(receiver.pop(), Some(round * 3_000 + n));
        }
    }
}

#[test]
fn conflate_without_memory_is_an_error() {
    let key = Conflate(|value: &[u8; 1 << 20]| value[0]);
    let error = Spsc::new().capacity(1 << 30).policy(key).open().unwrap_err().to_string();
    assert!(error.contains("no memory") && error.contains("smaller capacity"), "{error}");
    // One that would give the spare cell the number of no cell.
    let key = Conflate(|n: &u32| *n);
    let error = Spsc::new().capacity(u32::MAX as usize - 2).policy(key).open().unwrap_err().to_string();
    assert!(error.contains("cannot be numbered"), "{error}");
}

/// A value whose drop panics takes none of those behind it along.
#[test]
fn conflate_drops_all_behind_a_drop_that_panics() {
    struct Planted(u8, Arc<AtomicUsize>);

    impl Drop for Planted {
        fn drop(&mut self) {
            self.1.fetch_add(1, Ordering::Relaxed);
            assert_ne!(self.0, 1, "a planted panic");
        }
    }

    let dropped = Arc::new(AtomicUsize::new(0));
    let ends = Spsc::new().capacity(4).policy(Conflate(|value: &Planted| value.0)).open().unwrap();
    let (mut sender, receiver) = ends;
    for n in 0..4 {
        assert!(matches!(sender.push(Planted(n, Arc::clone(&dropped))), Pushed::Ok));
    }
    drop(sender);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(receiver))).is_err());
    assert_eq!(dropped.load(Ordering::Relaxed), 4);
}
