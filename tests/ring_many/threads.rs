//! Several threads on each side: nothing lost, doubled, torn, or out of its producer's order.
//!
//! Called by the tests and by the program for ThreadSanitizer, which has no test harness.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use fusewire::ring::{
    BroadcastSettings, Count, Full, LossySettings, ManyConsumer, ManyProducer, ManySettings, One, Several,
};

/// Values of one producer.
const VALUES: u64 = 4_000;

/// Ends on a machine with few cores have to let each other go on.
fn pause(idle: &mut u32) {
    *idle += 1;
    if idle.is_multiple_of(16) { thread::yield_now() } else { std::hint::spin_loop() }
}

/// Threads of one scope, each of which is joined by itself: ThreadSanitizer sees that, and not how the scope waits, which is
/// compiled in the standard library.
struct Joined<'s, 'e: 's> {
    scope: &'s thread::Scope<'s, 'e>,
    handles: RefCell<Vec<thread::ScopedJoinHandle<'s, ()>>>,
}

impl<'s> Joined<'s, '_> {
    fn spawn(&self, run: impl FnOnce() + Send + 's) {
        self.handles.borrow_mut().push(self.scope.spawn(run));
    }
}

fn joined<'e>(run: impl for<'s> FnOnce(&Joined<'s, 'e>)) {
    thread::scope(|scope| {
        let threads = Joined { scope, handles: RefCell::default() };
        run(&threads);
        for thread in threads.handles.into_inner() {
            thread.join().expect("a thread that found what it should");
        }
    });
}

fn hand_over<P: Count, C: Count>(
    capacity: usize,
    more_producers: impl Fn(&ManyProducer<Value, P, C>) -> Vec<ManyProducer<Value, P, C>>,
    more_consumers: impl Fn(&ManyConsumer<Value, P, C>) -> Vec<ManyConsumer<Value, P, C>>,
) {
    let (producer, consumer) = ManySettings::new(capacity).start(usize::MAX - 100).open().expect("a ring");
    let mut producers = more_producers(&producer);
    producers.push(producer);
    let mut consumers = more_consumers(&consumer);
    consumers.push(consumer);
    let count = producers.len();
    let seen: Vec<AtomicU64> = (0..count).map(|_| AtomicU64::new(0)).collect();
    joined(|scope| {
        for (who, producer) in producers.into_iter().enumerate() {
            scope.spawn(move || push_all(producer, who as u64));
        }
        for consumer in consumers {
            let seen = &seen;
            scope.spawn(move || pop_all(consumer, seen));
        }
    });
    for sum in seen {
        assert_eq!(sum.into_inner(), VALUES * (VALUES + 1) / 2, "lost or doubled");
    }
}

/// Who, which, and which again.
type Value = [u64; 3];

fn push_all<P: Count, C: Count>(mut producer: ManyProducer<Value, P, C>, who: u64) {
    let (mut next, mut idle) = (1, 0);
    while next <= VALUES {
        let pushed = if next % 5 == 0 {
            let values: Vec<Value> = (next..=VALUES).take(7).map(|n| [who, n, n]).collect();
            producer.push_slice(&values) as u64
        } else {
            match producer.try_push([who, next, next]) {
                Ok(()) => 1,
                Err(Full(_)) => 0,
            }
        };
        next += pushed;
        if pushed == 0 {
            pause(&mut idle);
        }
    }
}

fn pop_all<P: Count, C: Count>(mut consumer: ManyConsumer<Value, P, C>, seen: &[AtomicU64]) {
    let mut last = vec![0; seen.len()];
    let (mut turn, mut idle) = (0, 0);
    loop {
        let closed = consumer.is_closed();
        let mut see = |[who, n, same]: Value| {
            let who = who as usize;
            assert_eq!(n, same, "torn");
            assert!(last[who] < n, "out of order");
            last[who] = n;
            seen[who].fetch_add(n, Ordering::Relaxed);
        };
        turn += 1;
        let popped = if turn % 3 == 0 {
            consumer.pop_batch(5, &mut see)
        } else {
            consumer.try_pop().map(&mut see).map_or(0, |()| 1)
        };
        if popped == 0 {
            if closed {
                return;
            }
            pause(&mut idle);
        }
    }
}

pub(crate) fn several_to_one() {
    for capacity in [1, 4, 64] {
        hand_over::<Several, One>(capacity, |p| vec![p.clone(), p.clone()], |_| Vec::new());
    }
}

pub(crate) fn one_to_several() {
    for capacity in [1, 4, 64] {
        hand_over::<One, Several>(capacity, |_| Vec::new(), |c| vec![c.clone(), c.clone()]);
    }
}

pub(crate) fn several_to_several() {
    for capacity in [1, 4, 64] {
        hand_over::<Several, Several>(capacity, |p| vec![p.clone()], |c| vec![c.clone()]);
    }
}

/// Producers take the oldest out while consumers pop: each value is seen once, by one of them.
pub(crate) fn oldest_out() {
    let (first, mut consumer) = ManySettings::<Several, Several>::new(4).open::<Box<u64>>().expect("a ring");
    let second = first.clone();
    let watch = first.watch();
    let (sum, taken_out) = (AtomicU64::new(0), AtomicUsize::new(0));
    let mut popped = 0;
    joined(|scope| {
        for (who, mut producer) in [first, second].into_iter().enumerate() {
            let (sum, taken_out) = (&sum, &taken_out);
            scope.spawn(move || {
                for n in 0..VALUES {
                    let mut value = Box::new(2 * n + who as u64);
                    let mut idle = 0;
                    while let Err(Full(back)) = producer.push_over_oldest(value, |out| {
                        sum.fetch_add(*out, Ordering::Relaxed);
                        taken_out.fetch_add(1, Ordering::Relaxed);
                    }) {
                        value = back;
                        pause(&mut idle);
                    }
                }
            });
        }
        let mut idle = 0;
        loop {
            let closed = consumer.is_closed();
            match consumer.try_pop() {
                Some(n) => {
                    sum.fetch_add(*n, Ordering::Relaxed);
                    popped += 1;
                    let now = watch.counts();
                    assert!(now.depth <= 4 && now.popped <= now.pushed, "{now:?}");
                }
                None if closed => break,
                None => pause(&mut idle),
            }
        }
    });
    let counts = watch.counts();
    assert_eq!(sum.into_inner(), VALUES * (2 * VALUES - 1));
    assert_eq!((counts.pushed as u64, counts.depth), (2 * VALUES, 0));
    assert_eq!((counts.popped, counts.taken_out), (popped, taken_out.into_inner()));
}

/// Three consumers see every value; a fourth joins and leaves all the time and sees no gap.
pub(crate) fn broadcasts() {
    for capacity in [1, 4, 64] {
        let (mut producer, first) = BroadcastSettings::new(capacity)
            .consumers(4)
            .start(usize::MAX - 100)
            .open::<Box<[u64; 5]>>()
            .expect("a ring");
        let joining = producer.joining();
        let consumers = [first.try_clone().expect("a gate"), first.try_clone().expect("a gate"), first];
        let last = AtomicU64::new(0);
        joined(|scope| {
            for mut consumer in consumers {
                scope.spawn(move || {
                    let (mut next, mut idle) = (0, 0);
                    loop {
                        let closed = consumer.is_closed();
                        match consumer.try_pop() {
                            Some(n) => {
                                assert_eq!(n, Box::new([next; 5]));
                                next += 1;
                            }
                            None if closed => break,
                            None => pause(&mut idle),
                        }
                    }
                    assert_eq!(next, VALUES);
                });
            }
            scope.spawn(|| {
                while last.load(Ordering::Acquire) < VALUES {
                    let Some(mut consumer) = joining.join() else { panic!("a gate was free") };
                    let mut before = None;
                    for _ in 0..20 {
                        consumer.pop_batch(3, |value| {
                            assert!(before.is_none_or(|before| before + 1 == value[0]), "a gap");
                            before = Some(value[0]);
                        });
                        thread::yield_now();
                    }
                }
            });
            let mut idle = 0;
            for n in 0..VALUES {
                while producer.try_push(Box::new([n; 5])).is_err() {
                    pause(&mut idle);
                }
            }
            drop(producer);
            last.store(VALUES, Ordering::Release);
        });
    }
}

/// What consumers read and what they missed is all there was, in order and never torn.
pub(crate) fn lossy_broadcasts() {
    for capacity in [1, 4, 64] {
        let (mut producer, first) =
            LossySettings::new(capacity).start(usize::MAX - 100).open::<[u64; 9]>().expect("a ring");
        let consumers = [first.clone(), first];
        joined(|scope| {
            for mut consumer in consumers {
                scope.spawn(move || {
                    let (mut next, mut idle) = (0, 0);
                    loop {
                        let closed = consumer.is_closed();
                        match consumer.try_pop() {
                            Ok(Some(value)) => {
                                assert_eq!(value, [next; 9], "torn, or missed without being counted");
                                next += 1;
                            }
                            Ok(None) if closed => break,
                            Ok(None) => pause(&mut idle),
                            Err(lapped) => next += lapped.missed as u64,
                        }
                    }
                    assert_eq!(next, VALUES);
                    assert_eq!((consumer.popped() + consumer.missed()) as u64, VALUES);
                });
            }
            for n in 0..VALUES {
                producer.push([n; 9]);
                if n % 64 == 0 {
                    thread::yield_now();
                }
            }
            drop(producer);
        });
    }
}
