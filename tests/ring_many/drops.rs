//! Each value is dropped exactly once, whoever had it last.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fusewire::ring::{BroadcastSettings, Count, ManySettings, One, Several};

/// Counts the values that are alive.
#[derive(Clone)]
struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        assert_ne!(self.0.fetch_sub(1, Ordering::SeqCst), 0, "dropped twice");
    }
}

fn many<P: Count, C: Count>() {
    let alive = Arc::new(AtomicUsize::new(0));
    for start in [0, usize::MAX - 3] {
        for (pushed, popped) in [(0, 0), (3, 1), (8, 0), (8, 8), (5, 2)] {
            let (mut producer, mut consumer) =
                ManySettings::<P, C>::new(8).start(start).open().expect("a ring");
            let watch = producer.watch();
            for _ in 0..pushed {
                producer.try_push(Alive::new(&alive)).expect("room");
            }
            for _ in 0..popped {
                drop(consumer.try_pop().expect("a value"));
            }
            assert_eq!(alive.load(Ordering::SeqCst), pushed - popped);
            if pushed % 2 == 0 {
                drop(producer);
                drop(consumer);
            } else {
                drop(consumer);
                drop(producer);
            }
            assert_eq!(alive.load(Ordering::SeqCst), 0);
            assert_eq!(watch.counts().depth, pushed - popped);
        }
    }
    // What was claimed with a value whose function panics is dropped or stays inside.
    let (mut producer, mut consumer) = ManySettings::<P, C>::new(8).open().expect("a ring");
    for _ in 0..6 {
        producer.try_push(Alive::new(&alive)).expect("room");
    }
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut seen = 0;
        consumer.pop_batch(5, |_| {
            seen += 1;
            assert_ne!(seen, 3, "a planted panic");
        })
    }));
    assert!(ran.is_err());
    let counts = consumer.watch().counts();
    let inside = counts.depth;
    assert_eq!(alive.load(Ordering::SeqCst), inside);
    assert_eq!((counts.popped, counts.taken_out, inside), if C::ALONE { (3, 0, 3) } else { (3, 2, 1) });
    for _ in inside..8 {
        producer.try_push(Alive::new(&alive)).expect("the room was given back");
    }
    drop((producer, consumer));
    assert_eq!(alive.load(Ordering::SeqCst), 0);
}

#[test]
fn rings_with_several_ends() {
    many::<One, One>();
    many::<Several, One>();
    many::<One, Several>();
    many::<Several, Several>();
}

#[test]
fn broadcasts() {
    let alive = Arc::new(AtomicUsize::new(0));
    for start in [0, usize::MAX - 3] {
        let (mut producer, mut consumer) =
            BroadcastSettings::new(4).start(start).open::<Alive>().expect("a ring");
        for pushed in 1..=10 {
            producer.try_push(Alive::new(&alive)).expect("room");
            let before = alive.load(Ordering::SeqCst);
            assert_eq!(before, pushed.min(4), "a lap later they are dropped");
            consumer.pass();
        }
        drop(producer);
        assert_eq!(alive.load(Ordering::SeqCst), 4);
        drop(consumer);
        assert_eq!(alive.load(Ordering::SeqCst), 0);
    }
}

/// The newer value is inside when the function that gets the oldest panics.
#[test]
fn a_panic_over_the_oldest_keeps_the_newest() {
    let (mut producer, mut consumer) = ManySettings::<One, Several>::new(2).open().expect("a ring");
    for n in 0..2 {
        producer.try_push(n).expect("room");
    }
    let ran = catch_unwind(AssertUnwindSafe(|| {
        producer.push_over_oldest(2, |oldest| assert_ne!(oldest, 0, "a planted panic"))
    }));
    assert!(ran.is_err());
    assert_eq!(std::iter::from_fn(|| consumer.try_pop()).collect::<Vec<_>>(), [1, 2]);
}

/// More gates than can be addressed are an error and no panic.
#[test]
fn too_many_consumers_are_an_error() {
    let opened = BroadcastSettings::new(2).consumers(usize::MAX).open::<u8>();
    let error = opened.expect_err("no memory has room for so many gates").to_string();
    assert!(error.contains("fewer consumers"), "{error}");
}
