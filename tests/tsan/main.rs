//! Rings, edge, graphs, pools and the primitives of `sync` on real threads, for ThreadSanitizer: `bash .ci/tsan.sh` builds and runs it.
//!
//! A program of its own, without the test harness, whose channels the sanitizer takes for races.
//! It also runs uninstrumented, as one of the tests; then it only checks order and completeness.
//! With `--planted` it races on purpose: the sanitizer that misses that sees nothing.

mod graphs;
#[path = "../ring_many/threads.rs"]
mod many;
mod policies;
mod pool;
#[path = "../sync/stress.rs"]
mod stress;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use fusewire::edge::{Overflow, Pushed, Spsc};
use fusewire::ring::{Auto, Full, InSlot, Indexed, Layout, Settings};

/// Values over an edge.
const VALUES: u64 = 2_000;

fn main() {
    if std::env::args().any(|argument| argument == "--planted") {
        planted();
        return;
    }
    layouts::<u64>("a word", |n| n, |value| *value);
    layouts::<[u64; 7]>("a line", |n| [n; 7], |value| value[6]);
    layouts::<[u64; 32]>("several lines", |n| [n; 32], |value| value[31]);
    layouts::<Box<u64>>("a box", Box::new, |value| **value);
    many::several_to_one();
    many::one_to_several();
    many::several_to_several();
    many::oldest_out();
    many::broadcasts();
    many::lossy_broadcasts();
    println!("rings with several ends and broadcasts: nothing lost, doubled, torn or reordered");
    edges();
    policies::all();
    #[cfg(target_os = "linux")]
    between_processes();
    graphs::graphs();
    println!("ring, edge and graphs: nothing lost, doubled or reordered");
    pool::pools();
    println!("pools: every fork joined, every index called, strands in order");
    stress::all();
    println!("locks, events and channels: nothing lost, doubled, or let in twice");
}

fn layouts<T: Send>(what: &str, make: fn(u64) -> T, number: fn(&T) -> u64) {
    println!("{what}");
    for capacity in [1, 4, 1024] {
        hand_over::<T, InSlot>(capacity, make, number);
        hand_over::<T, Indexed>(capacity, make, number);
        close_early::<T, InSlot>(capacity, make);
        close_early::<T, Indexed>(capacity, make);
    }
}

fn pause(idle: &mut u32) {
    *idle += 1;
    if idle.is_multiple_of(16) { thread::yield_now() } else { std::hint::spin_loop() }
}

/// One by one, in bursts and in batches, while a third thread reads the counts.
fn hand_over<T: Send, L: Layout>(capacity: usize, make: fn(u64) -> T, number: fn(&T) -> u64) {
    // A small ring runs full and empty all the time, and each time the threads may have to take
    // turns on one core.
    let values = 200 + 10 * capacity as u64;
    let (mut producer, mut consumer) =
        Settings::new(capacity).observe_high_water(true).open::<T, L>().expect("a ring");
    let watch = consumer.watch();
    thread::scope(|scope| {
        scope.spawn(move || {
            let (mut next, mut idle) = (0, 0);
            while next < values {
                let pushed = match next % 100 {
                    0..30 => producer.try_push(make(next)).is_ok().into(),
                    30..60 => match producer.push_deferred(make(next)) {
                        Ok(()) => 1,
                        Err(Full(_)) => 0,
                    },
                    60..80 => {
                        let room = producer.has_room();
                        if room {
                            producer.push_reserved(make(next));
                        }
                        room.into()
                    }
                    _ => producer.push_batch((next..values.min(next + 20)).map(make)),
                };
                next += pushed as u64;
                if pushed == 0 {
                    pause(&mut idle);
                }
            }
        });
        scope.spawn(move || {
            while watch.counts().1 < values as usize {
                assert!(watch.high_water() <= watch.capacity());
                thread::yield_now();
            }
        });
        let (mut next, mut idle) = (0, 0);
        while next < values {
            let before = next;
            let mut arrived = |value: T| {
                assert_eq!(number(&value), next);
                next += 1;
            };
            if before % 3 == 0 {
                consumer.pop_batch(17, arrived);
            } else if let Some(value) = consumer.try_pop() {
                arrived(value);
            }
            if next == before {
                pause(&mut idle);
            } else if let Some(value) = consumer.peek() {
                assert_eq!(number(value), next);
            }
        }
    });
}

/// Either end leaves with values inside.
fn close_early<T: Send, L: Layout>(capacity: usize, make: fn(u64) -> T) {
    for round in 0..20 {
        let (mut producer, mut consumer) = Settings::new(capacity).open::<T, L>().expect("a ring");
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut next = 0;
                while !producer.is_closed() && next < round {
                    if producer.push_deferred(make(next)).is_ok() {
                        next += 1;
                    }
                }
            });
            for _ in 0..round / 2 {
                while !consumer.ready() && !consumer.is_closed() {
                    thread::yield_now();
                }
                drop(consumer.try_pop());
            }
            // Before the other thread is joined, which otherwise waits for room.
            drop(consumer);
        });
    }
}

/// Both policies, with counters read from a third thread and a wake hook set late.
fn edges() {
    for policy in [Overflow::Block, Overflow::DropNewest] {
        let (mut sender, mut receiver) =
            Spsc::new().layout::<Auto>().capacity(8).policy(policy).open::<u64>().expect("an edge");
        let stats = receiver.stats();
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut next = 0;
                while next < VALUES {
                    match sender.push(next) {
                        Pushed::Ok | Pushed::Dropped => next += 1,
                        Pushed::Full(_) | Pushed::Failed(_) => thread::yield_now(),
                    }
                    sender.wake();
                }
            });
            let watching = stats.clone();
            scope.spawn(move || {
                let handled = |seen: &fusewire::edge::EdgeCounters| seen.popped + seen.dropped;
                while handled(&watching.counters()) < VALUES {
                    thread::yield_now();
                }
            });
            let mut last = None;
            loop {
                let closed = receiver.is_closed();
                match receiver.pop() {
                    Some(n) => {
                        assert!(last < Some(n), "{n} after {last:?}");
                        last = Some(n);
                    }
                    None if closed => break,
                    None => thread::yield_now(),
                }
            }
        });
        let counters = stats.counters();
        assert_eq!(counters.popped + counters.dropped, VALUES, "{counters:?}");
        assert!(policy == Overflow::DropNewest || counters.dropped == 0);
    }
}

/// A ring between processes: two ends with a mapping each, and a third that reads the counters.
#[cfg(target_os = "linux")]
fn between_processes() {
    use std::time::Duration;

    use fusewire::edge::shm::{shm, shm_fd};

    const LIMIT: Duration = Duration::from_secs(60);
    let number = |n: u64| [n; 9];
    for (capacity, sleeps) in [(1, true), (8, true), (8, false), (64, false)] {
        let ring = shm_fd(shm("").capacity(capacity).sealed::<[u64; 9]>().expect("memory for a ring"));
        let mut sender = ring.sender::<[u64; 9]>().expect("a sender");
        let mut receiver = ring.receiver::<[u64; 9]>().expect("a receiver");
        let watch = sender.watch().expect("a watch");
        thread::scope(|scope| {
            scope.spawn(move || {
                let (mut next, mut idle) = (0, 0);
                while next < VALUES {
                    match sender.push(number(next)) {
                        Pushed::Ok => next += 1,
                        _ if sleeps => assert!(sender.wait(LIMIT)),
                        _ => pause(&mut idle),
                    }
                    sender.wake();
                }
            });
            scope.spawn(move || {
                loop {
                    let counters = watch.counters();
                    assert_eq!(counters.pushed, counters.popped + counters.dropped + counters.depth);
                    if counters.popped == VALUES {
                        break;
                    }
                    thread::yield_now();
                }
            });
            let (mut next, mut idle) = (0, 0);
            while next < VALUES {
                let popped = if next % 3 == 0 { receiver.pop() } else { receiver.pop_deferred() };
                match popped {
                    Some(value) => {
                        assert_eq!(value, number(next));
                        next += 1;
                        receiver.hand_back();
                    }
                    None if sleeps => assert!(receiver.wait(LIMIT)),
                    None => pause(&mut idle),
                }
            }
            assert_eq!(receiver.pop(), None);
        });
    }
}

/// A race as it would be in a ring whose release was forgotten.
fn planted() {
    struct Cell(std::cell::UnsafeCell<u64>, AtomicUsize);
    // SAFETY: wrong on purpose; only the run with `--planted` uses it, to be caught.
    unsafe impl Sync for Cell {}
    let cell = Cell(std::cell::UnsafeCell::new(0), AtomicUsize::new(0));
    let cell = &cell;
    thread::scope(|scope| {
        scope.spawn(move || {
            // SAFETY: the other thread reads only after the flag; the sanitizer sees that the flag
            // orders nothing.
            unsafe { cell.0.get().write(1) };
            cell.1.store(1, Ordering::Relaxed);
        });
        while cell.1.load(Ordering::Relaxed) == 0 {
            thread::yield_now();
        }
        // SAFETY: as above.
        println!("{}", unsafe { cell.0.get().read() });
    });
}
