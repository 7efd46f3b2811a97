//! Model checks of both layouts: every interleaving, and every value that a load may see, of two
//! or three short threads. Capacities and lengths are the smallest that reach every branch; the
//! indices wrap in each of them.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test --release --lib model`.

use std::sync::atomic::{AtomicUsize, Ordering};

use loom::thread;

use super::{Consumer, InSlot, Indexed, Layout, Producer, Settings};

/// A ring whose indices wrap after the first value.
fn wrapping<T, L: Layout>(capacity: usize) -> (Producer<T, L>, Consumer<T, L>) {
    Settings::new(capacity).start(usize::MAX).open().expect("a small ring")
}

/// Instantiates a model for each layout.
macro_rules! both_layouts {
    ($($name:ident),* $(,)?) => {
        mod in_slot {
            $(#[test] fn $name() { loom::model(super::$name::<super::InSlot>); })*
        }
        mod indexed {
            $(#[test] fn $name() { loom::model(super::$name::<super::Indexed>); })*
        }
    };
}

both_layouts!(
    hands_over_in_order,
    gives_back_when_full,
    publishes_a_burst,
    reserves_once,
    hands_back_a_batch,
    producer_leaves_first,
    consumer_leaves_first,
    leaves_values_inside,
    is_watched,
);

fn push<T, L: Layout>(producer: &mut Producer<T, L>, mut value: T) {
    while let Err(super::Full(back)) = producer.try_push(value) {
        value = back;
        thread::yield_now();
    }
}

fn pop<T, L: Layout>(consumer: &mut Consumer<T, L>) -> T {
    loop {
        match consumer.try_pop() {
            Some(value) => return value,
            None => thread::yield_now(),
        }
    }
}

/// Three values through two slots: each slot is filled, handed back and filled again.
fn hands_over_in_order<L: Layout>() {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, L>(2);
    let pushing = thread::spawn(move || (0..3).for_each(|n| push(&mut producer, Box::new(n))));
    for n in 0..3 {
        assert_eq!(*pop(&mut consumer), n);
    }
    assert!(consumer.try_pop().is_none());
    pushing.join().expect("the producer");
}

/// One slot: the second push succeeds only if the consumer handed the first value back before.
fn gives_back_when_full<L: Layout>() {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, L>(1);
    let pushing = thread::spawn(move || {
        producer.try_push(Box::new(1)).expect("an empty ring");
        match producer.try_push(Box::new(2)) {
            Ok(()) => 2,
            Err(super::Full(back)) => {
                assert_eq!(*back, 2);
                1
            }
        }
    });
    let popped = usize::from(consumer.try_pop().is_some_and(|n| *n == 1));
    let pushed = pushing.join().expect("the producer");
    assert!(pushed == 1 || popped == 1, "two values in one slot");
    let mut rest = pushed - popped;
    while let Some(value) = consumer.try_pop() {
        assert_eq!(*value, u32::try_from(pushed - rest).expect("small") + 1);
        rest -= 1;
    }
    assert_eq!(rest, 0);
}

/// Deferred values appear by `publish`, in order; in the indexed layout all of them at once.
fn publishes_a_burst<L: Layout>() {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, L>(4);
    let pushing = thread::spawn(move || {
        producer.push_deferred(Box::new(0)).expect("room");
        producer.push_deferred(Box::new(1)).expect("room");
        producer.publish();
        producer
    });
    let mut seen = 0;
    let first = consumer.pop_batch(usize::MAX, |n| {
        assert_eq!(*n, seen);
        seen += 1;
    });
    if super::choice::<Box<u32>, L>().layout == "indexed" {
        assert!(first == 0 || first == 2, "half a burst was seen");
    }
    let producer = pushing.join().expect("the producer");
    consumer.pop_batch(usize::MAX, |n| {
        assert_eq!(*n, seen);
        seen += 1;
    });
    assert_eq!(seen, 2);
    drop(producer);
}

/// Room that was seen stays, whatever the consumer does meanwhile.
fn reserves_once<L: Layout>() {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, L>(1);
    let pushing = thread::spawn(move || {
        for n in 0..2 {
            while !producer.has_room() {
                thread::yield_now();
            }
            producer.push_reserved(Box::new(n));
        }
    });
    for n in 0..2 {
        while !consumer.ready() {
            thread::yield_now();
        }
        assert_eq!(consumer.peek().map(|value| **value), Some(n));
        assert_eq!(consumer.try_pop().map(|value| *value), Some(n));
    }
    pushing.join().expect("the producer");
}

/// A batch hands its slots back by one store; the producer then fills them again.
fn hands_back_a_batch<L: Layout>() {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, L>(2);
    let pushing = thread::spawn(move || {
        let mut next = 0;
        while next < 3 {
            let pushed = producer.push_batch((next..3).map(Box::new));
            next += u32::try_from(pushed).expect("small");
            if pushed == 0 {
                thread::yield_now();
            }
        }
    });
    let mut next = 0;
    while next < 3 {
        let popped = consumer.pop_batch(2, |n| {
            assert_eq!(*n, next);
            next += 1;
        });
        if popped == 0 {
            thread::yield_now();
        }
    }
    pushing.join().expect("the producer");
}

/// Once the consumer saw that the producer is gone, every value is visible, deferred ones too.
fn producer_leaves_first<L: Layout>() {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, L>(2);
    let pushing = thread::spawn(move || {
        producer.try_push(Box::new(0)).expect("room");
        producer.push_deferred(Box::new(1)).expect("room");
    });
    let mut next = 0;
    loop {
        let closed = consumer.is_closed();
        match consumer.try_pop() {
            Some(value) => {
                assert_eq!(*value, next);
                next += 1;
            }
            None if closed => break,
            None => thread::yield_now(),
        }
    }
    assert_eq!(next, 2, "a value was lost when the producer left");
    pushing.join().expect("the producer");
}

/// The producer sees that the consumer is gone and stops.
fn consumer_leaves_first<L: Layout>() {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, L>(1);
    let popping = thread::spawn(move || drop(consumer.try_pop()));
    let mut pushed = 0;
    while !producer.is_closed() {
        if producer.try_push(Box::new(0)).is_ok() {
            pushed += 1;
        }
        thread::yield_now();
    }
    assert!(pushed <= 2);
    popping.join().expect("the consumer");
}

/// Both ends leave at once, with values inside: each value is dropped exactly once.
fn leaves_values_inside<L: Layout>() {
    struct Counted(std::sync::Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    let dropped = std::sync::Arc::new(AtomicUsize::new(0));
    let (mut producer, mut consumer) = wrapping::<Counted, L>(2);
    let counts = std::sync::Arc::clone(&dropped);
    let pushing = thread::spawn(move || {
        assert!(producer.try_push(Counted(std::sync::Arc::clone(&counts))).is_ok());
        assert!(producer.push_deferred(Counted(counts)).is_ok());
    });
    drop(consumer.try_pop());
    drop(consumer);
    pushing.join().expect("the producer");
    assert_eq!(dropped.load(Ordering::SeqCst), 2);
}

/// A third thread reads counts that were right at some moment.
fn is_watched<L: Layout>() {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, L>(2);
    let watch = consumer.watch();
    producer.try_push(Box::new(0)).expect("room");
    let pushing = thread::spawn(move || {
        producer.try_push(Box::new(1)).expect("room");
        producer
    });
    let watching = thread::spawn(move || {
        let (pushed, popped) = watch.counts();
        assert!(popped <= pushed && (1..=2).contains(&pushed), "{popped} of {pushed}");
        watch
    });
    assert_eq!(consumer.try_pop().map(|n| *n), Some(0));
    let _producer = pushing.join().expect("the producer");
    let watch = watching.join().expect("the watcher");
    assert_eq!(watch.counts(), (2, 1));
}
