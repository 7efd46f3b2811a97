//! Model checks of the gated broadcast: consumers that read, join, are cloned and leave while the
//! producer goes on. The indices wrap in each of them.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test --release --lib model`.

use std::sync::atomic::{AtomicUsize, Ordering};

use loom::thread;

use super::{BroadcastConsumer, BroadcastEnds, BroadcastProducer, BroadcastSettings};

fn wrapping<T>(capacity: usize) -> BroadcastEnds<T> {
    BroadcastSettings::new(capacity).consumers(2).start(usize::MAX).open().expect("a small ring")
}

fn bounded(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// Pushes `from..to`, as far as there is room, and returns the first that did not go in.
fn push(producer: &mut BroadcastProducer<Box<u32>>, from: u32, to: u32) -> u32 {
    for n in from..to {
        if producer.try_push(Box::new(n)).is_err() {
            return n;
        }
    }
    to
}

/// What one consumer reads in so many attempts, which must be in order without a gap.
fn read(consumer: &mut BroadcastConsumer<Box<u32>>, attempts: usize) -> Vec<u32> {
    let seen: Vec<u32> = (0..attempts).filter_map(|_| consumer.try_pop().map(|n| *n)).collect();
    assert!(seen.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{seen:?}");
    seen
}

/// The one value of a slot is read before the next is written.
#[test]
fn one_consumer_gates() {
    loom::model(|| {
        let (mut producer, mut consumer) = wrapping::<Box<u32>>(1);
        let pushing = thread::spawn(move || push(&mut producer, 0, 3));
        let mut seen = read(&mut consumer, 3);
        let pushed = pushing.join().expect("the producer");
        seen.extend(read(&mut consumer, 3));
        assert_eq!(seen, (0..pushed).collect::<Vec<_>>());
    });
}

/// Both consumers see every value, and the slower one holds the producer up.
#[test]
fn two_consumers_gate() {
    bounded(3, || {
        let (mut producer, mut first) = wrapping::<Box<u32>>(1);
        let mut second = first.try_clone().expect("a gate");
        let pushing = thread::spawn(move || push(&mut producer, 0, 2));
        let reading = thread::spawn(move || {
            let seen = read(&mut second, 1);
            (second, seen)
        });
        let mut here = read(&mut first, 2);
        let (mut second, mut there) = reading.join().expect("the other consumer");
        let pushed = pushing.join().expect("the producer");
        here.extend(read(&mut first, 2));
        there.extend(read(&mut second, 2));
        assert_eq!(here, (0..pushed).collect::<Vec<_>>());
        assert_eq!(here, there);
    });
}

/// One that joins while values flow sees no gap from where it begins, and everything that is pushed
/// after it has.
#[test]
fn joins_in_between() {
    bounded(3, || {
        let (mut producer, first) = wrapping::<Box<u32>>(1);
        let joining = producer.joining();
        // Nobody holds the producer up but the one that joins.
        drop(first);
        let reader = thread::spawn(move || {
            let mut consumer = joining.join().expect("a gate");
            assert!(consumer.pushed() <= 6, "it began ahead of the tail");
            let seen = read(&mut consumer, 1);
            (consumer, seen)
        });
        let mut pushed = push(&mut producer, 0, 3);
        let (mut consumer, mut seen) = reader.join().expect("the consumer");
        while pushed < 6 {
            seen.extend(read(&mut consumer, 2));
            pushed = push(&mut producer, pushed, 6);
        }
        seen.extend(read(&mut consumer, 2));
        assert!(seen.len() >= 3, "not what was pushed after it had joined");
        assert_eq!(seen, (6 - seen.len() as u32..6).collect::<Vec<_>>(), "a gap");
    });
}

/// A clone begins where its original stands, also while the producer looks at the gates.
#[test]
fn is_cloned_in_between() {
    bounded(4, || {
        let (mut producer, second) = wrapping::<Box<u32>>(1);
        // The original has the gate that is looked at last.
        let mut first = second.try_clone().expect("a gate");
        drop(second);
        let pushing = thread::spawn(move || {
            let pushed = push(&mut producer, 0, 2);
            let pushed = push(&mut producer, pushed, 3);
            (producer, pushed)
        });
        let mut clone = first.try_clone().expect("a gate");
        let mut here = read(&mut first, 1);
        let mut there = read(&mut clone, 1);
        let (mut producer, mut pushed) = pushing.join().expect("the producer");
        for _ in 0..3 {
            here.extend(read(&mut first, 1));
            there.extend(read(&mut clone, 1));
            pushed = push(&mut producer, pushed, 3);
        }
        assert_eq!(here, [0, 1, 2]);
        assert_eq!(there, here);
    });
}

/// One that leaves holds nobody up, and what it has read is not written before.
#[test]
fn leaves_in_between() {
    bounded(3, || {
        let (mut producer, first) = wrapping::<Box<u32>>(1);
        let mut second = first.try_clone().expect("a gate");
        let leaving = thread::spawn(move || {
            assert!(second.peek().is_none_or(|n| **n == 0));
        });
        drop(first);
        let pushed = push(&mut producer, 0, 2);
        leaving.join().expect("the consumer");
        assert!(producer.is_closed());
        assert_eq!(push(&mut producer, pushed, 3), 3);
    });
}

/// Each value is dropped once: by the producer a lap later, or with the ring.
#[test]
fn drops_once() {
    struct Counted(std::sync::Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    bounded(3, || {
        let dropped = std::sync::Arc::new(AtomicUsize::new(0));
        let (mut producer, mut consumer) = wrapping::<Counted>(2);
        let counts = std::sync::Arc::clone(&dropped);
        let pushing = thread::spawn(move || {
            (0..3).filter(|_| producer.try_push(Counted(std::sync::Arc::clone(&counts))).is_ok()).count()
        });
        if consumer.ready() {
            consumer.pass();
        }
        drop(consumer);
        let pushed = pushing.join().expect("the producer");
        assert!(pushed >= 2);
        // One that was refused is dropped as well.
        assert_eq!(dropped.load(Ordering::SeqCst), 3);
    });
}

/// Once a consumer saw that the producer is gone, every value is visible.
#[test]
fn producer_leaves_first() {
    loom::model(|| {
        let (mut producer, mut consumer) = wrapping::<Box<u32>>(2);
        let pushing = thread::spawn(move || push(&mut producer, 0, 2));
        let mut seen = read(&mut consumer, 1);
        if consumer.is_closed() {
            seen.extend(read(&mut consumer, 2));
            assert_eq!(seen, [0, 1], "a value was lost when the producer left");
        }
        pushing.join().expect("the producer");
    });
}

/// Whoever takes over the gate of one that has left does not hide what that one had read.
#[test]
fn gate_changes_hands() {
    bounded(3, || {
        let (mut producer, mut first) = BroadcastSettings::new(1)
            .consumers(1)
            .start(usize::MAX)
            .open::<Box<u32>>()
            .expect("a small ring");
        assert_eq!(push(&mut producer, 0, 1), 1);
        let joining = producer.joining();
        let leaving = thread::spawn(move || {
            assert!(first.peek().is_some_and(|n| **n == 0));
            drop(first);
        });
        let joined = thread::spawn(move || {
            let mut consumer = joining.join()?;
            let seen = read(&mut consumer, 1);
            Some((consumer, seen))
        });
        let mut pushed = push(&mut producer, 1, 3);
        leaving.join().expect("the first consumer");
        if let Some((mut consumer, mut seen)) = joined.join().expect("the second consumer") {
            while pushed < 4 {
                seen.extend(read(&mut consumer, 1));
                pushed = push(&mut producer, pushed, 4);
            }
            seen.extend(read(&mut consumer, 1));
            assert_eq!(seen, (4 - seen.len() as u32..4).collect::<Vec<_>>(), "a gap");
        }
    });
}

/// What was read was pushed, for whoever looks and whatever it looks at.
#[test]
fn is_watched() {
    bounded(3, || {
        let (mut producer, mut consumer) = wrapping::<Box<u32>>(2);
        let (of_consumer, of_ring) = (consumer.watch(), producer.watch());
        let pushing = thread::spawn(move || push(&mut producer, 0, 2));
        let reading = thread::spawn(move || {
            let seen = read(&mut consumer, 2);
            assert!(consumer.popped() <= consumer.pushed() && consumer.pushed() <= 2);
            (consumer, seen)
        });
        for watch in [&of_consumer, &of_ring] {
            let (pushed, popped) = watch.counts();
            assert!(popped <= pushed && pushed <= 2, "{popped} of {pushed}");
        }
        assert_eq!(pushing.join().expect("the producer"), 2);
        let (_consumer, seen) = reading.join().expect("the consumer");
        assert_eq!(of_consumer.counts(), (2, seen.len()));
        assert_eq!(of_ring.counts(), (2, seen.len()));
    });
}

/// What a batch has shown is not written before the gate is past it.
#[test]
fn reads_batches() {
    bounded(3, || {
        let (mut producer, mut consumer) = wrapping::<Box<u32>>(2);
        let pushing = thread::spawn(move || push(&mut producer, 0, 4));
        let mut seen = Vec::new();
        for _ in 0..2 {
            let before = seen.len();
            let shown = consumer.pop_batch(2, |n| seen.push(**n));
            assert_eq!(seen.len() - before, shown);
        }
        let pushed = pushing.join().expect("the producer");
        while consumer.pop_batch(3, |n| seen.push(**n)) != 0 {}
        assert_eq!(seen, (0..pushed).collect::<Vec<_>>());
    });
}

/// Two values share a line and its number, which a lap later says more than the consumer may believe of the places that it has
/// not read. The producer comes as far as into the line that is being read.
#[test]
fn lines_are_shared_by_values() {
    for capacity in [1, 2, 4] {
        bounded(3, move || {
            let (mut producer, mut consumer) = wrapping::<u32>(capacity);
            let pushing = thread::spawn(move || (0..4).take_while(|n| producer.try_push(*n).is_ok()).count());
            let mut seen = Vec::new();
            for _ in 0..2 {
                seen.extend(consumer.try_pop());
                consumer.pop_batch(2, |n| seen.push(*n));
            }
            let pushed = pushing.join().expect("the producer");
            assert!(pushed >= capacity.min(4), "{pushed} of {capacity}");
            assert_eq!((consumer.popped(), consumer.pushed()), (seen.len(), pushed));
            while consumer.pop_batch(3, |n| seen.push(*n)) != 0 {}
            assert!(seen.into_iter().eq(0..pushed as u32));
        });
    }
}

/// One that joins in the middle of a line begins with a value that is there or will be, and is counted from there.
#[test]
fn joins_inside_of_a_line() {
    bounded(3, || {
        let (mut producer, first) = wrapping::<u32>(2);
        let joining = producer.joining();
        drop(first);
        let reader = thread::spawn(move || {
            let mut consumer = joining.join().expect("a gate");
            let seen: Vec<u32> = consumer.try_pop().into_iter().collect();
            (consumer, seen)
        });
        let mut pushed = (0..3).take_while(|n| producer.try_push(*n).is_ok()).count() as u32;
        let (mut consumer, mut seen) = reader.join().expect("the consumer");
        while pushed < 5 {
            consumer.pop_batch(2, |n| seen.push(*n));
            pushed += u32::from(producer.try_push(pushed).is_ok());
        }
        while consumer.pop_batch(2, |n| seen.push(*n)) != 0 {}
        assert_eq!(seen.len(), consumer.pushed(), "not what was pushed after it had joined");
        assert_eq!(seen, (5 - seen.len() as u32..5).collect::<Vec<_>>(), "a gap");
    });
}
