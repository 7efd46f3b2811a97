//! Broadcasts: one sender, every receiver sees every value.

use std::hint::black_box;
use std::sync::atomic::Ordering;

use disruptor::{EventPoller, Polling, Producer, build_single_producer};
use fusewire::ring::{BroadcastConsumer, BroadcastProducer, BroadcastSettings};

use crate::queues::{Payload, Push};
use crate::slices::{Contender, Job, Part, Wait};

/// Slots of every ring.
const CAPACITY: usize = 1024;

const VALUES: usize = 8 * 1024;
const TRIPS: usize = 512;

/// A receiver that shows what is there, as many as there are.
pub trait See<T>: Send + 'static {
    fn see(&mut self, each: impl FnMut(&T)) -> usize;
}

impl<T: Send + Sync + 'static> Push<T> for BroadcastProducer<T> {
    #[inline(always)]
    fn push(&mut self, value: T) -> bool {
        self.try_push(value).is_ok()
    }
}

impl<T: Send + Sync + 'static> See<T> for BroadcastConsumer<T> {
    #[inline(always)]
    fn see(&mut self, each: impl FnMut(&T)) -> usize {
        self.pop_batch(usize::MAX, each)
    }
}

/// The sending end of the disruptor crate, behind one face.
pub struct Publisher<P>(P);

impl<T: 'static, P: Producer<T> + Send + 'static> Push<T> for Publisher<P> {
    #[inline(always)]
    fn push(&mut self, value: T) -> bool {
        self.0.try_publish(|event| *event = value).is_ok()
    }
}

/// Its receiving end.
pub struct Poller<E, B>(EventPoller<E, B>);

// What the crate asks of a barrier is not public, so that the two kinds that come out of it are named.
macro_rules! see_by_poller {
    ($($barrier:ty),*) => {
        $(
            impl<T: Send + Sync + 'static> See<T> for Poller<T, $barrier> {
                #[inline(always)]
                fn see(&mut self, mut each: impl FnMut(&T)) -> usize {
                    match self.0.poll() {
                        Ok(mut events) => {
                            let count = (&mut events).len();
                            (&mut events).for_each(&mut each);
                            count
                        }
                        Err(Polling::NoEvents | Polling::Shutdown) => 0,
                    }
                }
            }
        )*
    };
}

see_by_poller!(disruptor::SingleProducerBarrier);

fn ours<T: Send + Sync + 'static>(receivers: usize) -> (BroadcastProducer<T>, Vec<BroadcastConsumer<T>>) {
    let (producer, first) = BroadcastSettings::new(CAPACITY).consumers(receivers).open().expect("a ring");
    let mut consumers: Vec<_> = (1..receivers).map(|_| first.try_clone().expect("a gate")).collect();
    consumers.push(first);
    (producer, consumers)
}

type Polled<T> = Poller<T, disruptor::SingleProducerBarrier>;

/// The type of the disruptor's producer depends on how many receivers there are.
fn theirs<const WORDS: usize, R>(
    receivers: usize,
    one: impl FnOnce(
        Publisher<disruptor::SingleProducer<Payload<WORDS>, disruptor::SingleConsumerBarrier>>,
        Vec<Polled<Payload<WORDS>>>,
    ) -> R,
    more: impl FnOnce(
        Publisher<disruptor::SingleProducer<Payload<WORDS>, disruptor::MultiConsumerBarrier>>,
        Vec<Polled<Payload<WORDS>>>,
    ) -> R,
) -> R {
    let builder = build_single_producer(CAPACITY, || [0; WORDS], disruptor::BusySpin);
    let (first, builder) = builder.event_poller();
    if receivers == 1 {
        return one(Publisher(builder.build()), vec![Poller(first)]);
    }
    let (second, mut builder) = builder.event_poller();
    let mut pollers = vec![Poller(first), Poller(second)];
    for _ in 2..receivers {
        let (next, rest) = builder.event_poller();
        pollers.push(Poller(next));
        builder = rest;
    }
    more(Publisher(builder.build()), pollers)
}

/// Every job at every width.
pub fn all() -> Vec<Job> {
    let mut jobs = Vec::new();
    for receivers in [1, 2, 4] {
        of_width::<1>(&mut jobs, receivers);
        of_width::<7>(&mut jobs, receivers);
    }
    jobs
}

fn of_width<const WORDS: usize>(jobs: &mut Vec<Job>, receivers: usize) {
    let bytes = 8 * WORDS;
    jobs.push(Job {
        name: format!("broadcast 1:{receivers} {bytes} B throughput"),
        count: VALUES,
        threads: 1 + receivers,
        make: Box::new(move || {
            let (producer, consumers) = ours(receivers);
            vec![
                through::<WORDS, _, _>("fusewire", producer, consumers),
                theirs(
                    receivers,
                    |producer, pollers| through::<WORDS, _, _>("disruptor", producer, pollers),
                    |producer, pollers| through::<WORDS, _, _>("disruptor", producer, pollers),
                ),
            ]
        }),
    });
    jobs.push(Job {
        name: format!("broadcast 1:{receivers} {bytes} B round trip"),
        count: TRIPS,
        threads: 1 + receivers,
        make: Box::new(move || {
            let (producer, consumers) = ours(receivers);
            let back = (0..receivers).map(|_| ours(1)).map(|(producer, mut all)| (producer, all.remove(0)));
            let mut all = vec![trips::<WORDS, _, _, _, _>("fusewire", producer, consumers, back.collect())];
            let back = (0..receivers)
                .map(|_| theirs(1, |producer, mut all| (producer, all.remove(0)), |_, _| unreachable!("one")))
                .collect();
            all.push(match receivers {
                1 => theirs(
                    1,
                    |producer, pollers| trips::<WORDS, _, _, _, _>("disruptor", producer, pollers, back),
                    |_, _| unreachable!("one"),
                ),
                _ => theirs(
                    receivers,
                    |_, _| unreachable!("more than one"),
                    |producer, pollers| trips::<WORDS, _, _, _, _>("disruptor", producer, pollers, back),
                ),
            });
            all
        }),
    });
}

fn through<const WORDS: usize, P, C>(name: &'static str, mut producer: P, consumers: Vec<C>) -> Contender
where
    P: Push<Payload<WORDS>>,
    C: See<Payload<WORDS>>,
{
    let threads = 1 + consumers.len();
    let mut next = 0_u64;
    let mut parts: Vec<Part> = vec![Box::new(move |_| {
        let mut wait = Wait::of(threads);
        let end = next + VALUES as u64;
        while next < end {
            if producer.push([next; WORDS]) {
                next += 1;
                wait.found();
            } else {
                wait.idle();
            }
        }
    })];
    for mut consumer in consumers {
        let mut next = 0_u64;
        parts.push(Box::new(move |_| {
            let mut wait = Wait::of(threads);
            let end = next + VALUES as u64;
            while next < end {
                let seen = consumer.see(|value| {
                    assert!(value[0] == next && value[WORDS - 1] == next, "lost, doubled or torn");
                    next += 1;
                });
                if seen == 0 { wait.idle() } else { wait.found() }
            }
        }));
    }
    Contender { name, parts }
}

/// The sender waits for the answers of all receivers.
fn trips<const WORDS: usize, P, C, Q, D>(
    name: &'static str,
    mut producer: P,
    consumers: Vec<C>,
    back: Vec<(Q, D)>,
) -> Contender
where
    P: Push<Payload<WORDS>>,
    C: See<Payload<WORDS>>,
    Q: Push<Payload<WORDS>>,
    D: See<Payload<WORDS>>,
{
    let threads = 1 + consumers.len();
    let (answers, mut answered): (Vec<Q>, Vec<D>) = back.into_iter().unzip();
    let mut n = 0_u64;
    let mut parts: Vec<Part> = vec![Box::new(move |slice| {
        let mut wait = Wait::of(threads);
        for _ in 0..TRIPS {
            n += 1;
            while !producer.push(black_box([n; WORDS])) {
                wait.idle();
            }
            for consumer in &mut answered {
                while consumer.see(|came| {
                    assert!(came[0] == n + 1 && (WORDS == 1 || came[WORDS - 1] == n), "another answer");
                }) == 0
                {
                    wait.idle();
                }
                wait.found();
            }
        }
        slice.done.fetch_add(1, Ordering::Release);
    })];
    for (mut consumer, mut answer) in consumers.into_iter().zip(answers) {
        parts.push(Box::new(move |_| {
            let mut wait = Wait::of(threads);
            let mut answers_given = 0;
            while answers_given < TRIPS {
                let seen = consumer.see(|value| {
                    let mut value = *value;
                    value[0] += 1;
                    while !answer.push(value) {}
                });
                answers_given += seen;
                if seen == 0 { wait.idle() } else { wait.found() }
            }
        }));
    }
    Contender { name, parts }
}
