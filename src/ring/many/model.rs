//! Model checks of rings with several ends: the interleavings of two to four short threads, and
//! every value that a load may see. Capacities and lengths are the smallest that reach every branch;
//! the indices wrap in each of them.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test --release --lib model`.

use std::sync::atomic::{AtomicUsize, Ordering};

use loom::thread;

use super::super::Full;
use super::{Count, ManyConsumer, ManyEnds, ManyProducer, ManySettings, One, Several};

/// A ring whose indices wrap after the first value.
fn wrapping<T, P: Count, C: Count>(capacity: usize) -> ManyEnds<T, P, C> {
    ManySettings::new(capacity).start(usize::MAX).open().expect("a small ring")
}

/// Every interleaving in which no more than so many threads are stopped in the middle.
fn bounded(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

fn push<T, P: Count, C: Count>(producer: &mut ManyProducer<T, P, C>, mut value: T) {
    while let Err(Full(back)) = producer.try_push(value) {
        value = back;
        thread::yield_now();
    }
}

fn pop<T, P: Count, C: Count>(consumer: &mut ManyConsumer<T, P, C>) -> T {
    loop {
        match consumer.try_pop() {
            Some(value) => return value,
            None => thread::yield_now(),
        }
    }
}

/// Three values through a ring that is full at times: each slot is filled, handed back and filled
/// again.
fn hands_over_in_order<P: Count, C: Count>(capacity: usize) {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, P, C>(capacity);
    let pushing = thread::spawn(move || (0..3).for_each(|n| push(&mut producer, Box::new(n))));
    for n in 0..3 {
        assert_eq!(*pop(&mut consumer), n);
    }
    assert!(consumer.try_pop().is_none());
    pushing.join().expect("the producer");
}

#[test]
fn one_to_one_hands_over() {
    loom::model(|| hands_over_in_order::<One, One>(1));
}

#[test]
fn several_to_one_hands_over() {
    loom::model(|| hands_over_in_order::<Several, One>(2));
}

#[test]
fn one_to_several_hands_over() {
    loom::model(|| hands_over_in_order::<One, Several>(1));
}

#[test]
fn several_to_several_hands_over() {
    loom::model(|| hands_over_in_order::<Several, Several>(2));
}

/// Pushes once, and says whether it went in.
fn offer<P: Count, C: Count>(producer: &mut ManyProducer<Box<u32>, P, C>, n: u32) -> Option<u32> {
    producer.try_push(Box::new(n)).ok().map(|()| n)
}

/// What went in came out once, each producer's values (tens and ones) in order.
fn check(pushed: &[Option<u32>], popped: &[u32]) {
    let mut all = popped.to_vec();
    all.sort_unstable();
    let mut pushed: Vec<u32> = pushed.iter().flatten().copied().collect();
    pushed.sort_unstable();
    assert_eq!(all, pushed);
}

/// What one thread pops in so many attempts; in the order in which each producer pushed it.
fn pops<P: Count, C: Count>(consumer: &mut ManyConsumer<Box<u32>, P, C>, attempts: usize) -> Vec<u32> {
    let popped: Vec<u32> = (0..attempts).filter_map(|_| consumer.try_pop().map(|n| *n)).collect();
    let of_first: Vec<u32> = popped.iter().copied().filter(|n| *n < 10).collect();
    assert!(of_first.is_sorted() && of_first.windows(2).all(|pair| pair[0] != pair[1]));
    popped
}

/// Two producers and a consumer: each value once, each producer's in order.
fn two_producers<C: Count>(capacity: usize) {
    let (mut first, mut consumer) = wrapping::<Box<u32>, Several, C>(capacity);
    let mut second = first.clone();
    let one = thread::spawn(move || [offer(&mut first, 1), offer(&mut first, 2)]);
    let other = thread::spawn(move || [offer(&mut second, 10)]);
    let mut popped = pops(&mut consumer, 2);
    let pushed = [&one.join().expect("a producer")[..], &other.join().expect("a producer")].concat();
    popped.extend(pops(&mut consumer, 3));
    check(&pushed, &popped);
}

#[test]
fn two_producers_one_consumer() {
    bounded(3, || two_producers::<One>(1));
    bounded(3, || two_producers::<One>(2));
}

#[test]
fn two_producers_of_several_consumers() {
    bounded(3, || two_producers::<Several>(1));
    bounded(3, || two_producers::<Several>(2));
}

/// Two consumers: each value goes to one of them, and each sees what it gets in order.
fn two_consumers<P: Count>(capacity: usize) {
    let (mut producer, mut first) = wrapping::<Box<u32>, P, Several>(capacity);
    let mut second = first.clone();
    let before = offer(&mut producer, 1);
    let popping = thread::spawn(move || pops(&mut second, 1));
    let pushing = thread::spawn(move || [offer(&mut producer, 2), offer(&mut producer, 3)]);
    let mut popped = pops(&mut first, 2);
    popped.extend(popping.join().expect("the other consumer"));
    let pushed = pushing.join().expect("the producer");
    popped.extend(pops(&mut first, 3));
    check(&[before, pushed[0], pushed[1]], &popped);
}

#[test]
fn one_producer_two_consumers() {
    bounded(3, || two_consumers::<One>(1));
    bounded(3, || two_consumers::<One>(2));
}

#[test]
fn several_producers_two_consumers() {
    bounded(3, || two_consumers::<Several>(1));
    bounded(3, || two_consumers::<Several>(2));
}

#[test]
fn two_to_two() {
    bounded(2, || {
        let (mut first, mut consumer) = wrapping::<Box<u32>, Several, Several>(1);
        let (mut second, mut another) = (first.clone(), consumer.clone());
        let one = thread::spawn(move || offer(&mut first, 1));
        let other = thread::spawn(move || offer(&mut second, 10));
        let popping = thread::spawn(move || pops(&mut another, 1));
        let mut popped = pops(&mut consumer, 1);
        popped.extend(popping.join().expect("the other consumer"));
        let pushed = [one.join().expect("a producer"), other.join().expect("a producer")];
        popped.extend(pops(&mut consumer, 2));
        check(&pushed, &popped);
    });
}

/// A push fails only if as many values as the capacity are inside.
fn gives_back_when_full<P: Count, C: Count>() {
    let (mut producer, mut consumer) = wrapping::<Box<u32>, P, C>(1);
    let pushing = thread::spawn(move || {
        producer.try_push(Box::new(1)).expect("an empty ring");
        match producer.try_push(Box::new(2)) {
            Ok(()) => 2,
            Err(Full(back)) => {
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

#[test]
fn gives_back() {
    loom::model(gives_back_when_full::<One, One>);
    loom::model(gives_back_when_full::<Several, One>);
    loom::model(gives_back_when_full::<One, Several>);
    loom::model(gives_back_when_full::<Several, Several>);
}

/// Two producers push slices, which go in as far as there is room, and two come out together.
fn slices<C: Count>() {
    let (mut first, mut consumer) = wrapping::<u32, Several, C>(2);
    let mut second = first.clone();
    let one = thread::spawn(move || first.push_slice(&[1, 2]));
    let other = thread::spawn(move || second.push_slice(&[10]));
    let mut seen = Vec::new();
    let popped = consumer.pop_batch(2, |n| seen.push(n));
    assert_eq!(popped, seen.len());
    let (one, other) = (one.join().expect("a producer"), other.join().expect("a producer"));
    assert!(one + other >= 2, "there was room for two");
    while consumer.pop_batch(2, |n| seen.push(n)) != 0 {}
    assert_eq!(seen.len(), one + other);
    // Each once, and nothing between the two of the slice.
    let others = &[10][..other];
    let slice = &[1, 2][..one];
    assert!(seen == [slice, others].concat() || seen == [others, slice].concat(), "{seen:?}");
}

#[test]
fn batches_to_one() {
    bounded(2, slices::<One>);
}

#[test]
fn batches_to_several() {
    bounded(2, slices::<Several>);
}

/// Once a consumer saw that both producers are gone, every value is visible.
fn producers_leave_first<C: Count>() {
    let (mut first, mut consumer) = wrapping::<Box<u32>, Several, C>(2);
    let mut second = first.clone();
    let one = thread::spawn(move || first.try_push(Box::new(1)).expect("room"));
    let other = thread::spawn(move || second.try_push(Box::new(2)).expect("room"));
    let mut sum = consumer.try_pop().map_or(0, |n| *n);
    if consumer.is_closed() {
        while let Some(n) = consumer.try_pop() {
            sum += *n;
        }
        assert_eq!(sum, 3, "a value was lost when the producers left");
    }
    one.join().expect("a producer");
    other.join().expect("a producer");
}

#[test]
fn producers_leave() {
    bounded(3, producers_leave_first::<One>);
    bounded(3, producers_leave_first::<Several>);
}

/// The producer sees that both consumers are gone, and not before.
#[test]
fn consumers_leave() {
    bounded(3, || {
        let (mut producer, mut first) = wrapping::<Box<u32>, One, Several>(1);
        let second = first.clone();
        let popping = thread::spawn(move || drop(first.try_pop()));
        let leaving = thread::spawn(move || drop(second));
        for _ in 0..2 {
            let closed = producer.is_closed();
            drop(producer.try_push(Box::new(0)));
            assert!(!closed || producer.is_closed(), "a ring that was closed is open again");
        }
        popping.join().expect("a consumer");
        leaving.join().expect("a consumer");
        assert!(producer.is_closed());
    });
}

/// All ends leave at once, with values inside: each value is dropped exactly once.
fn leaves_values_inside<P: Count, C: Count>() {
    struct Counted(std::sync::Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    let dropped = std::sync::Arc::new(AtomicUsize::new(0));
    let (mut producer, mut consumer) = wrapping::<(Box<u32>, Counted), P, C>(2);
    let watch = consumer.watch();
    let counts = std::sync::Arc::clone(&dropped);
    let pushing = thread::spawn(move || {
        assert!(producer.try_push((Box::new(1), Counted(std::sync::Arc::clone(&counts)))).is_ok());
        assert!(producer.try_push((Box::new(2), Counted(counts))).is_ok());
    });
    drop(consumer.try_pop());
    drop(consumer);
    pushing.join().expect("the producer");
    assert_eq!(dropped.load(Ordering::SeqCst), 2);
    assert_eq!(watch.counts().pushed, 2);
}

#[test]
fn drops_what_is_left() {
    loom::model(leaves_values_inside::<Several, One>);
    loom::model(leaves_values_inside::<One, Several>);
    loom::model(leaves_values_inside::<Several, Several>);
}

/// A producer that takes the oldest out against a consumer that pops it: one of them gets it, and
/// what is left is the newest, in order.
#[test]
fn takes_the_oldest() {
    bounded(4, || {
        let (mut producer, mut consumer) = wrapping::<Box<u32>, One, Several>(1);
        let pushing = thread::spawn(move || {
            let (mut out, mut back) = (Vec::new(), Vec::new());
            for n in 0..3 {
                if let Err(Full(n)) = producer.push_over_oldest(Box::new(n), |n| out.push(*n)) {
                    back.push(*n);
                }
            }
            (producer, out, back)
        });
        let mut popped: Vec<u32> = consumer.try_pop().map(|n| *n).into_iter().collect();
        let (producer, out, back) = pushing.join().expect("the producer");
        while let Some(n) = consumer.try_pop() {
            popped.push(*n);
        }
        assert!(popped.is_sorted() && out.is_sorted());
        let counts = producer.watch().counts();
        assert_eq!(
            (counts.pushed, counts.popped, counts.taken_out),
            (3 - back.len(), popped.len(), out.len())
        );
        let mut all = [popped, out, back].concat();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
    });
}

/// Two producers take the oldest from each other, and a consumer from both.
#[test]
fn two_take_the_oldest() {
    bounded(2, || {
        let (mut first, mut consumer) = wrapping::<Box<u32>, Several, Several>(1);
        first.try_push(Box::new(0)).expect("room");
        let mut second = first.clone();
        let over = |producer: &mut ManyProducer<Box<u32>, Several, Several>, n| {
            let mut out = Vec::new();
            let back = producer.push_over_oldest(Box::new(n), |n| out.push(*n));
            out.extend(back.err().map(|Full(n)| *n));
            out
        };
        let other = thread::spawn(move || over(&mut second, 1));
        let popping = thread::spawn(move || {
            let popped = consumer.try_pop().map(|n| *n);
            (consumer, popped)
        });
        let here = over(&mut first, 2);
        let mut all = [other.join().expect("the other producer"), here].concat();
        let (mut consumer, popped) = popping.join().expect("the consumer");
        all.extend(popped);
        while let Some(n) = consumer.try_pop() {
            all.push(*n);
        }
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
    });
}

/// A third thread reads counts within bounds while values go in, out, and are taken out: all values are of
/// one slot, so that a tail that is read late is more than a lap ahead of the head.
#[test]
fn is_watched() {
    bounded(2, || {
        let (mut producer, mut consumer) = wrapping::<Box<u32>, One, Several>(1);
        let watch = consumer.watch();
        let pushing = thread::spawn(move || {
            let mut out = 0;
            let refused =
                (0..3).filter(|n| producer.push_over_oldest(Box::new(*n), |_| out += 1).is_err()).count();
            (producer, 3 - refused, out)
        });
        let watching = thread::spawn(move || {
            let counts = watch.counts();
            assert!(counts.pushed <= 3 && counts.depth <= 1 && counts.taken_out <= 2, "{counts:?}");
            assert!(counts.popped <= counts.pushed, "{counts:?}");
            assert_eq!(counts.pushed, counts.popped + counts.taken_out + counts.depth);
            watch
        });
        let popped = usize::from(consumer.try_pop().is_some());
        let (_producer, pushed, out) = pushing.join().expect("the producer");
        let counts = watching.join().expect("the watcher").counts();
        assert_eq!((counts.pushed, counts.popped, counts.taken_out), (pushed, popped, out));
        assert_eq!(counts.depth, pushed - popped - out);
    });
}
