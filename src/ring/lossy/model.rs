//! Model checks of the lossy broadcast: nothing torn is returned, and what was missed is counted.
//! The indices wrap in each of them.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test --release --lib model`.

use loom::thread;

use super::{LossyConsumer, LossyEnds, LossySettings, Plain};

fn wrapping<T: Plain>(capacity: usize) -> LossyEnds<T> {
    LossySettings::new(capacity).start(usize::MAX).open().expect("a small ring")
}

/// Reads so many times; what is seen and what was missed are without a gap from `next` on.
fn read(consumer: &mut LossyConsumer<[u64; 2]>, attempts: usize, next: &mut u64) {
    for _ in 0..attempts {
        match consumer.try_pop() {
            Ok(Some([n, same])) => {
                assert_eq!(n, same, "torn");
                assert_eq!(n, *next, "lost or doubled without being counted");
                *next += 1;
            }
            Ok(None) => {}
            Err(lapped) => *next += lapped.missed as u64,
        }
    }
}

fn laps(capacity: usize, values: u64) {
    let (mut producer, mut consumer) = wrapping::<[u64; 2]>(capacity);
    let pushing = thread::spawn(move || (0..values).for_each(|n| producer.push([n, n])));
    let mut next = 0;
    read(&mut consumer, 2, &mut next);
    pushing.join().expect("the producer");
    while !matches!(consumer.try_pop(), Ok(None)) {
        // What was left, the last lap of it at most.
    }
    assert!(consumer.is_closed());
    assert_eq!(consumer.popped() + consumer.missed(), values as usize);
    assert!(consumer.popped() >= capacity.min(values as usize));
}

/// Every interleaving in which no more than so many threads are stopped in the middle.
fn bounded(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

#[test]
fn nothing_torn_from_one_slot() {
    bounded(3, || laps(1, 2));
}

#[test]
fn nothing_torn_from_two_slots() {
    bounded(2, || laps(2, 3));
}

#[test]
fn two_consumers_are_lapped_alone() {
    bounded(2, || {
        let (mut producer, mut first) = wrapping::<[u64; 2]>(1);
        let mut second = first.clone();
        let pushing = thread::spawn(move || (0..2).for_each(|n| producer.push([n, n])));
        let reading = thread::spawn(move || read(&mut second, 1, &mut 0));
        read(&mut first, 2, &mut 0);
        pushing.join().expect("the producer");
        reading.join().expect("the other consumer");
    });
}

/// One that joins behind a consumer sees nothing that this one has read, and what was read was pushed.
#[test]
fn joins_behind_what_was_read() {
    bounded(3, || {
        let (mut producer, mut consumer) = wrapping::<[u64; 2]>(2);
        let pushing = thread::spawn(move || (0..2).for_each(|n| producer.push([n, n])));
        let mut next = 0;
        read(&mut consumer, 2, &mut next);
        assert!(consumer.popped() <= consumer.pushed(), "{} of {}", consumer.popped(), consumer.pushed());
        let mut joined = consumer.join();
        pushing.join().expect("the producer");
        if let Ok(Some([n, _])) = joined.try_pop() {
            assert!(n >= next, "{n} for the second time");
        }
    });
}
