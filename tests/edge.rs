//! The edge: what its policy does when there is no room, and what its counters say.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fusewire::edge::{
    DEFAULT_CAPACITY, EdgeReceiver, EdgeSender, EdgeStats, Overflow, Pushed, Spsc, Wake, edge,
};
use fusewire::ring::{InSlot, Indexed, Layout, RingError};
use static_assertions::{assert_impl_all, assert_not_impl_any};

assert_impl_all!(EdgeSender<u64>: Send, Sync);
assert_impl_all!(EdgeReceiver<u64>: Send, Sync);
assert_impl_all!(EdgeStats: Send, Sync, Clone);
assert_not_impl_any!(EdgeSender<std::rc::Rc<u64>>: Send);

#[test]
fn defaults_are_as_documented() {
    let (sender, receiver) = Spsc::new().open::<u64>().expect("an edge");
    assert_eq!((sender.capacity(), receiver.capacity()), (DEFAULT_CAPACITY, 1024));
    assert_eq!((sender.policy(), sender.policy().name()), (Overflow::Block, "block"));
    assert_eq!(edge::<u64>(0).err(), Some(RingError::NoSlots));
    assert_eq!(Spsc::new().choice::<[u64; 4]>().layout, "in-slot");
    assert_eq!(Spsc::new().layout::<Indexed>().choice::<[u64; 4]>().layout, "indexed");
}

fn blocks<L: Layout>() {
    let (mut sender, mut receiver) = Spsc::new().capacity(2).layout::<L>().open().expect("an edge");
    let stats = sender.stats();
    for n in 0..2 {
        assert!(sender.has_room());
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    assert_eq!(stats.counters().stalls, 0);
    for _ in 0..3 {
        assert_eq!(sender.push(2), Pushed::Full(2));
        assert!(!sender.has_room());
    }
    assert_eq!(stats.counters().stalls, 1, "one wait is one stall, however often it is asked about");

    assert_eq!(receiver.pop(), Some(0));
    assert!(sender.has_room());
    sender.push_reserved(2);
    assert_eq!(sender.push_deferred(3), Pushed::Full(3));
    let counters = receiver.stats().counters();
    assert_eq!((counters.pushed, counters.popped, counters.depth), (3, 1, 2));
    assert_eq!((counters.dropped, counters.stalls, counters.high_water), (0, 2, 0));

    drop(sender);
    assert!(receiver.is_closed());
    assert_eq!((receiver.pop(), receiver.pop(), receiver.pop()), (Some(1), Some(2), None));
}

fn drops_newest<L: Layout>() {
    let edge = Spsc::new().capacity(2).policy(Overflow::DropNewest).layout::<L>().observe_high_water(true);
    let (mut sender, mut receiver) = edge.open().expect("an edge");
    for n in 0..5 {
        assert!(sender.has_room(), "a lane that drops goes on");
        if n % 2 == 0 {
            sender.push_reserved_deferred(n);
        } else {
            let pushed = sender.push_deferred(n);
            assert_eq!(pushed, if n < 2 { Pushed::Ok } else { Pushed::Dropped });
        }
    }
    sender.publish();
    let mut kept = Vec::new();
    assert_eq!(receiver.pop_batch(usize::MAX, |n| kept.push(n)), 2);
    assert_eq!(kept, [0, 1]);
    assert_eq!(sender.push(5), Pushed::Ok);
    assert_eq!(receiver.peek(), Some(&5));
    assert!(receiver.ready());

    let stats = sender.stats();
    drop(receiver);
    assert!(sender.is_closed());
    drop(sender);
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.popped, counters.dropped), (6, 2, 3));
    assert_eq!((counters.stalls, counters.high_water), (0, 2));
    assert_eq!(counters.depth, 1, "discarded with the edge");
}

#[test]
fn block_returns_the_value_and_counts_waits() {
    blocks::<InSlot>();
    blocks::<Indexed>();
}

#[test]
fn drop_newest_goes_on_and_counts_losses() {
    drops_newest::<InSlot>();
    drops_newest::<Indexed>();
}

#[test]
fn misused_push_reserved_panics() {
    let (mut sender, _receiver) = edge(1).expect("an edge");
    sender.push_reserved(1);
    let misuse = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sender.push_reserved(2)));
    let message = misuse.expect_err("a full edge");
    assert!(message.downcast_ref::<&str>().is_some_and(|said| said.contains("has_room")));
}

#[test]
fn the_first_wake_hook_is_called_once_per_wake() {
    #[derive(Debug)]
    struct Bell(Arc<AtomicUsize>);
    impl Wake for Bell {
        fn wake(&self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    let (first, second) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (mut sender, receiver) = edge(8).expect("an edge");
    sender.wake();
    assert!(receiver.woken_by(Bell(Arc::clone(&first))));
    assert!(!receiver.woken_by(Bell(Arc::clone(&second))));
    for n in 0..4 {
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    assert_eq!(first.load(Ordering::SeqCst), 0, "a push wakes nobody");
    sender.wake();
    assert_eq!((first.load(Ordering::SeqCst), second.load(Ordering::SeqCst)), (1, 0));
}
