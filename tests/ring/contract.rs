//! What the documentation promises beside order and exactness.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use fusewire::ring::{Auto, Consumer, InSlot, Indexed, Layout, Producer, RingError, Settings, Watch, ring};
use static_assertions::{assert_impl_all, assert_not_impl_any};

assert_impl_all!(Producer<u64, Auto>: Send, Sync, Unpin);
assert_impl_all!(Consumer<u64, Auto>: Send, Sync, Unpin);
assert_impl_all!(Watch<u64, Auto>: Send, Sync, Clone);
// A cell may move between threads but not be shared: the ring moves values.
assert_impl_all!(Consumer<std::cell::Cell<u64>, InSlot>: Send);
assert_not_impl_any!(Producer<Rc<u64>, Auto>: Send, Sync);
assert_not_impl_any!(Consumer<Rc<u64>, Auto>: Send, Sync);
assert_not_impl_any!(Watch<Rc<u64>, Auto>: Send, Sync);

#[test]
fn capacities_that_cannot_be_are_refused_with_a_reason() {
    assert_eq!(ring::<u64, Auto>(0).err(), Some(RingError::NoSlots));
    for capacity in [usize::MAX, usize::MAX / 2 + 2, 1 << 60] {
        let error = ring::<[u64; 7], Auto>(capacity).expect_err("more than the address space");
        assert!(matches!(error, RingError::TooLarge { .. }), "{error}");
        assert!(error.to_string().contains("smaller capacity"), "{error}");
    }
    assert!(matches!(ring::<(), Auto>(usize::MAX), Err(RingError::TooLarge { .. })));
}

#[test]
fn a_ring_of_nothing_may_be_huge() {
    let (mut producer, mut consumer) = ring::<(), Auto>(1 << 40).expect("no memory is needed");
    assert_eq!(producer.push_batch((0..1000).map(drop)), 1000);
    assert_eq!(consumer.pop_batch(usize::MAX, drop), 1000);
}

fn for_both(check: impl Fn(&dyn Fn() -> (Box<dyn Push>, Box<dyn Pop>))) {
    fn make<L: Layout>() -> (Box<dyn Push>, Box<dyn Pop>) {
        let (producer, consumer) = ring::<u32, L>(2).expect("a ring");
        (Box::new(producer), Box::new(consumer))
    }
    check(&make::<InSlot>);
    check(&make::<Indexed>);
}

trait Push {
    fn try_push(&mut self, n: u32) -> bool;
    fn push_reserved(&mut self, n: u32);
    fn push_batch(&mut self, values: &mut dyn Iterator<Item = u32>) -> usize;
    fn push_deferred(&mut self, n: u32) -> bool;
    fn is_closed(&self) -> bool;
}

trait Pop {
    fn try_pop(&mut self) -> Option<u32>;
    fn pop_batch(&mut self, each: &mut dyn FnMut(u32)) -> usize;
    fn is_closed(&self) -> bool;
}

impl<L: Layout> Push for Producer<u32, L> {
    fn try_push(&mut self, n: u32) -> bool {
        self.try_push(n).is_ok()
    }
    fn push_reserved(&mut self, n: u32) {
        self.push_reserved(n);
    }
    fn push_batch(&mut self, values: &mut dyn Iterator<Item = u32>) -> usize {
        self.push_batch(values)
    }
    fn push_deferred(&mut self, n: u32) -> bool {
        self.push_deferred(n).is_ok()
    }
    fn is_closed(&self) -> bool {
        self.is_closed()
    }
}

impl<L: Layout> Pop for Consumer<u32, L> {
    fn try_pop(&mut self) -> Option<u32> {
        self.try_pop()
    }
    fn pop_batch(&mut self, each: &mut dyn FnMut(u32)) -> usize {
        self.pop_batch(usize::MAX, each)
    }
    fn is_closed(&self) -> bool {
        self.is_closed()
    }
}

#[test]
fn misused_push_reserved_panics_and_loses_nothing() {
    for_both(|make| {
        let (mut producer, mut consumer) = make();
        assert!(producer.try_push(1) && producer.try_push(2));
        let misuse = catch_unwind(AssertUnwindSafe(|| producer.push_reserved(3)));
        let message = misuse.expect_err("a full ring");
        assert!(message.downcast_ref::<&str>().is_some_and(|said| said.contains("has_room")));
        assert_eq!((consumer.try_pop(), consumer.try_pop(), consumer.try_pop()), (Some(1), Some(2), None));
    });
}

#[test]
fn each_end_sees_the_other_leave() {
    for_both(|make| {
        let (mut producer, consumer) = make();
        assert!(!producer.is_closed());
        drop(consumer);
        assert!(producer.is_closed());
        assert!(producer.try_push(1), "a push after the consumer left is not an error");

        let (mut producer, mut consumer) = make();
        assert!(!consumer.is_closed());
        assert!(producer.push_deferred(7));
        drop(producer);
        assert!(consumer.is_closed());
        assert_eq!((consumer.try_pop(), consumer.try_pop()), (Some(7), None), "a drop publishes");
    });
}

#[test]
fn a_full_ring_publishes_what_was_deferred() {
    for_both(|make| {
        let (mut producer, mut consumer) = make();
        assert!(producer.push_deferred(1) && producer.push_deferred(2));
        assert!(!producer.push_deferred(3));
        assert_eq!((consumer.try_pop(), consumer.try_pop()), (Some(1), Some(2)));
    });
}

fn keeps_its_room<L: Layout>() {
    let counted = Rc::new(());
    let (mut producer, mut consumer) = ring::<Rc<()>, L>(2).expect("a ring");
    for _ in 0..2 {
        producer.try_push(Rc::clone(&counted)).expect("room");
    }
    drop(consumer.pop_deferred().expect("a value"));
    let back = producer.try_push(Rc::clone(&counted)).expect_err("the room was not handed back").0;
    consumer.hand_back();
    producer.try_push(back).expect("now it was");
    drop(consumer.pop_deferred().expect("a value"));
    drop((consumer, producer));
    assert_eq!(Rc::strong_count(&counted), 1, "what was popped is not dropped again, the rest is");
}

#[test]
fn a_deferred_pop_keeps_its_room_until_it_is_handed_back() {
    keeps_its_room::<InSlot>();
    keeps_its_room::<Indexed>();
}

#[test]
fn a_batch_interrupted_by_a_panic_keeps_its_place() {
    for_both(|make| {
        let (mut producer, mut consumer) = make();
        let broken = catch_unwind(AssertUnwindSafe(|| {
            producer.push_batch(&mut (1..5).inspect(|&n| assert_ne!(n, 2, "as planned")))
        }));
        assert!(broken.is_err());
        assert!(producer.try_push(2));
        let broken = catch_unwind(AssertUnwindSafe(|| {
            consumer.pop_batch(&mut |n| assert_ne!(n, 1, "as planned"));
        }));
        assert!(broken.is_err());
        assert!(producer.try_push(3), "the slot of the first value was handed back");
        assert_eq!((consumer.try_pop(), consumer.try_pop(), consumer.try_pop()), (Some(2), Some(3), None));
    });
}

#[test]
fn high_water_is_the_greatest_depth() {
    let (mut producer, mut consumer) =
        Settings::new(8).observe_high_water(true).open::<u64, Auto>().expect("a ring");
    let watch = consumer.watch();
    assert_eq!(watch.high_water(), 0);
    assert!(producer.has_room());
    assert_eq!(watch.high_water(), 0, "room that was not used yet");
    let mut greatest = 0;
    for (push, pop) in [(1, 1), (3, 2), (2, 3), (6, 1), (3, 4), (9, 8)] {
        producer.push_batch(0..push);
        let (pushed, popped) = watch.counts();
        greatest = greatest.max(pushed - popped);
        assert_eq!(watch.high_water(), greatest);
        consumer.pop_batch(pop, drop);
    }
    assert_eq!(greatest, 8);

    let (mut producer, consumer) = ring::<u64, Auto>(8).expect("a ring");
    producer.push_batch(0..5);
    assert_eq!(consumer.watch().high_water(), 0, "nobody asked");
}

#[test]
fn debug_shows_counts_and_no_values() {
    let (mut producer, consumer) = ring::<u64, Auto>(2).expect("a ring");
    producer.try_push(1).expect("room");
    let shown = format!("{consumer:?}");
    assert!(shown.contains("pushed: 1") && shown.contains("popped: 0"), "{shown}");
    assert!(format!("{producer:?}").contains("in-slot"));
}
