//! Throughput and round trips over queues with several ends.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::queues::{self, Ends, Payload, Pop, Push};
use crate::slices::{Contender, Job, Part, Wait};

/// Slots of every queue.
const CAPACITY: usize = 1024;

/// Values of a slice of throughput, and trips of a slice of round trips.
const VALUES: usize = 8 * 1024;
const TRIPS: usize = 512;

/// Values that a batch pushes at once.
const BATCH: usize = 16;

/// Every job at every width.
pub fn all(batches: bool) -> Vec<Job> {
    let mut jobs = Vec::new();
    for width in [1, 2, 4] {
        of_width::<1>(&mut jobs, width, batches);
        of_width::<7>(&mut jobs, width, batches);
    }
    jobs
}

fn of_width<const WORDS: usize>(jobs: &mut Vec<Job>, width: usize, batches: bool)
where
    Payload<WORDS>: Default,
{
    for (kind, producers, consumers) in [("mpsc", width, 1), ("mpmc", width, width), ("spmc", 1, width)] {
        if kind == "spmc" && width == 1 {
            continue;
        }
        let threads = producers + consumers;
        let bytes = 8 * WORDS;
        jobs.push(Job {
            name: format!("{kind} {producers}:{consumers} {bytes} B throughput"),
            count: VALUES,
            threads,
            make: Box::new(move || {
                let one = |name, many: bool| match kind {
                    "mpsc" => through::<WORDS, _, _>(name, queues::mpsc(CAPACITY, producers), many),
                    "mpmc" => {
                        through::<WORDS, _, _>(name, queues::mpmc(CAPACITY, producers, consumers), many)
                    }
                    _ => through::<WORDS, _, _>(name, queues::spmc(CAPACITY, consumers), many),
                };
                let mut all = vec![
                    one("fusewire", false),
                    through::<WORDS, _, _>(
                        "crossbeam-queue",
                        queues::crossbeam(CAPACITY, producers, consumers),
                        false,
                    ),
                    through("thingbuf", queues::thingbuf(CAPACITY, producers, consumers), false),
                ];
                if batches {
                    all.push(one("fusewire, batches", true));
                }
                all
            }),
        });
        if kind == "spmc" {
            continue;
        }
        jobs.push(Job {
            name: format!("{kind} {producers}:{consumers} {bytes} B round trip"),
            count: TRIPS,
            threads,
            make: Box::new(move || {
                vec![
                    match kind {
                        "mpsc" => {
                            trips::<WORDS, _, _, _, _>("fusewire", queues::mpsc(CAPACITY, producers), || {
                                queues::mpsc(CAPACITY, consumers)
                            })
                        }
                        _ => trips::<WORDS, _, _, _, _>(
                            "fusewire",
                            queues::mpmc(CAPACITY, producers, consumers),
                            || queues::mpmc(CAPACITY, consumers, 1),
                        ),
                    },
                    trips::<WORDS, _, _, _, _>(
                        "crossbeam-queue",
                        queues::crossbeam(CAPACITY, producers, consumers),
                        || queues::crossbeam(CAPACITY, consumers, 1),
                    ),
                    trips::<WORDS, _, _, _, _>(
                        "thingbuf",
                        queues::thingbuf(CAPACITY, producers, consumers),
                        || queues::thingbuf(CAPACITY, consumers, 1),
                    ),
                ]
            }),
        });
    }
}

/// What arrived in all slices: each consumer checks the order of every producer, and together they must
/// have seen every value.
struct Arrivals {
    sum: AtomicU64,
    count: AtomicU64,
}

const WHO: u32 = 48;

fn through<const WORDS: usize, P, C>(name: &'static str, ends: Ends<P, C>, many: bool) -> Contender
where
    P: Push<Payload<WORDS>>,
    C: Pop<Payload<WORDS>>,
{
    let (producers, consumers) = (ends.producers.len(), ends.consumers.len());
    let each = VALUES / producers;
    let arrivals = Arc::new(Arrivals { sum: AtomicU64::new(0), count: AtomicU64::new(0) });
    let mut parts: Vec<Part> = Vec::new();
    for (who, mut producer) in ends.producers.into_iter().enumerate() {
        let mut next = 0_u64;
        let of = move |n: u64| [(who as u64) << WHO | n; WORDS];
        parts.push(Box::new(move |slice| {
            let mut wait = Wait::of(producers + consumers);
            let end = next + each as u64;
            while next < end {
                let pushed = if many {
                    let values: [_; BATCH] = std::array::from_fn(|lead| of(next + lead as u64));
                    let most = BATCH.min((end - next) as usize);
                    producer.push_some(&values[..most])
                } else {
                    usize::from(producer.push(of(next)))
                };
                next += pushed as u64;
                if pushed == 0 { wait.idle() } else { wait.found() }
            }
            slice.done.fetch_add(1, Ordering::Release);
        }));
    }
    for mut consumer in ends.consumers {
        let arrivals = Arc::clone(&arrivals);
        let mut last = vec![None; producers];
        parts.push(Box::new(move |slice| {
            let mut wait = Wait::of(producers + consumers);
            let (mut sum, mut count) = (0_u64, 0_u64);
            let mut see = |value: Payload<WORDS>| {
                assert!(value[0] == value[WORDS - 1], "torn");
                let (who, n) = ((value[0] >> WHO) as usize, value[0] & ((1 << WHO) - 1));
                assert!(last[who].is_none_or(|last| last < n), "doubled or out of order");
                last[who] = Some(n);
                sum = sum.wrapping_add(value[0]);
                count += 1;
            };
            loop {
                let popped = if many {
                    consumer.pop_some(&mut see)
                } else {
                    consumer.pop().map(&mut see).map_or(0, |()| 1)
                };
                if popped != 0 {
                    wait.found();
                } else {
                    // Every value is visible once all producers are done, so that an empty look after
                    // that is the last.
                    if slice.done.load(Ordering::Acquire) >= producers {
                        match consumer.pop() {
                            Some(value) => see(value),
                            None => break,
                        }
                    }
                    wait.idle();
                }
            }
            arrivals.sum.fetch_add(sum, Ordering::AcqRel);
            arrivals.count.fetch_add(count, Ordering::AcqRel);
            // The last of them to come here knows what all have seen.
            let finished = slice.done.fetch_add(1, Ordering::AcqRel) + 1;
            if finished == producers + consumers {
                let all = arrivals.count.load(Ordering::Acquire);
                let slices = all / (each * producers) as u64;
                assert_eq!(all % (each * producers) as u64, 0, "values were lost");
                let of_each = slices * each as u64;
                let sum = (u128::from(of_each) * u128::from(of_each - 1) / 2) as u64;
                let one_producer = |who: u64| sum.wrapping_add((who << WHO).wrapping_mul(of_each));
                let right = (0..producers as u64).map(one_producer).fold(0_u64, u64::wrapping_add);
                assert_eq!(arrivals.sum.load(Ordering::Acquire), right, "other values came out");
            }
        }));
    }
    Contender { name, parts }
}

/// Clients push to one queue, servers pop from it and answer on the client's own.
fn trips<const WORDS: usize, P, C, Q, D>(
    name: &'static str,
    there: Ends<P, C>,
    back: impl Fn() -> Ends<Q, D>,
) -> Contender
where
    P: Push<Payload<WORDS>>,
    C: Pop<Payload<WORDS>>,
    Q: Push<Payload<WORDS>>,
    D: Pop<Payload<WORDS>>,
{
    let (clients, servers) = (there.producers.len(), there.consumers.len());
    let each = TRIPS / clients;
    let mut parts: Vec<Part> = Vec::new();
    let mut answers: Vec<Vec<Q>> = (0..servers).map(|_| Vec::new()).collect();
    for (who, mut producer) in there.producers.into_iter().enumerate() {
        let Ends { producers, mut consumers } = back();
        for (server, producer) in answers.iter_mut().zip(producers) {
            server.push(producer);
        }
        let mut consumer = consumers.remove(0);
        let mut next = 0_u64;
        parts.push(Box::new(move |slice| {
            let mut wait = Wait::of(clients + servers);
            for _ in 0..each {
                next += 1;
                let value = [(who as u64) << WHO | next; WORDS];
                while !producer.push(black_box(value)) {
                    wait.idle();
                }
                wait.found();
                let came = loop {
                    match consumer.pop() {
                        Some(value) => break value,
                        None => wait.idle(),
                    }
                };
                wait.found();
                assert!(
                    came[0] == value[0] + 1 && (WORDS == 1 || came[WORDS - 1] == value[0]),
                    "another answer"
                );
            }
            slice.done.fetch_add(1, Ordering::Release);
        }));
    }
    for (mut consumer, mut answers) in there.consumers.into_iter().zip(answers) {
        parts.push(Box::new(move |slice| {
            let mut wait = Wait::of(clients + servers);
            loop {
                if let Some(mut value) = consumer.pop() {
                    let who = (value[0] >> WHO) as usize;
                    value[0] += 1;
                    while !answers[who].push(value) {
                        wait.idle();
                    }
                    wait.found();
                } else {
                    if slice.done.load(Ordering::Acquire) >= clients {
                        break;
                    }
                    wait.idle();
                }
            }
        }));
    }
    Contender { name, parts }
}
