//! Random operations on a ring and on a `VecDeque`, which must agree at every step.

use std::collections::VecDeque;

use fusewire::ring::{BroadcastSettings, Count, Full, LossySettings, ManySettings, One, RingError, Several};

/// A small generator; the same seed gives the same run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// Indices wrap in the second and third of them.
const STARTS: [usize; 3] = [0, usize::MAX - 20, usize::MAX / 2 - 20];

const STEPS: usize = 3_000;

fn many<P: Count, C: Count>(capacity: usize, start: usize, seed: u64) {
    let (mut producer, mut consumer) =
        ManySettings::<P, C>::new(capacity).start(start).open::<[u64; 2]>().expect("a ring");
    let capacity = capacity.next_power_of_two();
    assert_eq!((producer.capacity(), consumer.capacity()), (capacity, capacity));
    let watch = producer.watch();
    let (mut model, mut next, mut popped) = (VecDeque::new(), 0, 0);
    let mut random = Random(seed);
    for _ in 0..STEPS {
        match random.below(6) {
            0 | 1 => match producer.try_push([next, !next]) {
                Ok(()) => {
                    model.push_back([next, !next]);
                    next += 1;
                }
                Err(Full(back)) => {
                    assert_eq!(back, [next, !next]);
                    assert_eq!(model.len(), capacity);
                }
            },
            2 => {
                let values: Vec<_> = (next..).take(random.below(2 * capacity + 1)).map(|n| [n, !n]).collect();
                let pushed = producer.push_slice(&values);
                assert_eq!(pushed, values.len().min(capacity - model.len()));
                model.extend(&values[..pushed]);
                next += pushed as u64;
            }
            3 | 4 => {
                let expected = model.pop_front();
                popped += usize::from(expected.is_some());
                assert_eq!(consumer.ready(), expected.is_some());
                assert_eq!(consumer.try_pop(), expected);
            }
            _ => {
                let most = random.below(2 * capacity + 1);
                let expected: Vec<_> = model.drain(..most.min(model.len())).collect();
                let mut came = Vec::new();
                assert_eq!(consumer.pop_batch(most, |value| came.push(value)), expected.len());
                assert_eq!(came, expected);
                popped += came.len();
            }
        }
        assert_eq!(producer.has_room(), model.len() < capacity);
        let counts = watch.counts();
        assert_eq!((counts.pushed, counts.popped), (next as usize, popped));
        assert_eq!((counts.taken_out, counts.depth), (0, model.len()));
    }
    drop(producer);
    assert!(consumer.is_closed());
    assert!(model.into_iter().eq(std::iter::from_fn(|| consumer.try_pop())));
}

#[test]
fn rings_with_several_ends() {
    for capacity in [1, 2, 3, 8, 64] {
        for (seed, start) in (1..).zip(STARTS) {
            many::<One, One>(capacity, start, seed);
            many::<Several, One>(capacity, start, seed + 10);
            many::<One, Several>(capacity, start, seed + 20);
            many::<Several, Several>(capacity, start, seed + 30);
        }
    }
}

fn over_oldest<P: Count>(capacity: usize, start: usize, seed: u64) {
    let (mut producer, mut consumer) =
        ManySettings::<P, Several>::new(capacity).start(start).open::<Box<u64>>().expect("a ring");
    let (mut model, mut pushed, mut popped, mut taken) = (VecDeque::new(), 0, 0, 0);
    let mut random = Random(seed);
    for n in 0..STEPS as u64 {
        if random.below(3) == 0 {
            popped += usize::from(!model.is_empty());
            assert_eq!(consumer.try_pop().map(|n| *n), model.pop_front());
        } else {
            let mut out = Vec::new();
            producer.push_over_oldest(Box::new(n), |n| out.push(*n)).expect("nobody is in between");
            let expected = if model.len() == capacity { model.pop_front() } else { None };
            assert_eq!(out, Vec::from_iter(expected));
            model.push_back(n);
            pushed += 1;
            taken += out.len();
        }
        let counts = producer.watch().counts();
        assert_eq!((counts.taken_out, counts.depth), (taken, model.len()));
        assert_eq!((counts.pushed, counts.popped), (pushed, popped));
    }
}

#[test]
fn the_oldest_makes_room() {
    for capacity in [1, 2, 16] {
        for (seed, start) in (1..).zip(STARTS) {
            over_oldest::<One>(capacity, start, seed);
            over_oldest::<Several>(capacity, start, seed + 10);
        }
    }
}

/// Consumers come, are cloned and go; each sees everything from where it began, and the slowest gates.
/// Payloads of which one and of which several share a line.
#[test]
fn broadcasts() {
    broadcasts_of(Box::new);
    broadcasts_of(|n| n);
    broadcasts_of(|n| n as u16);
    broadcasts_of(|n| [n, !n, n]);
    broadcasts_of(|n| [n, !n, n, !n]);
}

fn broadcasts_of<T: Clone + PartialEq + std::fmt::Debug>(of: impl Fn(u64) -> T) {
    for capacity in [1, 2, 8, 64] {
        for (seed, start) in (1..).zip(STARTS) {
            let (mut producer, first) =
                BroadcastSettings::new(capacity).consumers(3).start(start).open().expect("a ring");
            let joining = producer.joining();
            let mut consumers = vec![(first, 0_u64)];
            let (mut random, mut next) = (Random(seed), 0_u64);
            for _ in 0..STEPS {
                let who = random.below(consumers.len().max(1));
                match random.below(8) {
                    0..3 => {
                        let gated = consumers.iter().any(|(_, at)| next - at == capacity as u64);
                        assert_eq!(producer.has_room(), !gated);
                        assert_eq!(producer.try_push(of(next)).is_err(), gated);
                        next += u64::from(!gated);
                    }
                    3 | 4 if !consumers.is_empty() => {
                        let (consumer, at) = &mut consumers[who];
                        assert_eq!(consumer.peek(), (*at < next).then(|| of(*at)).as_ref());
                        assert_eq!(consumer.try_pop(), (*at < next).then(|| of(*at)));
                        *at += u64::from(*at < next);
                        let (pushed, popped) = consumer.watch().counts();
                        assert_eq!((pushed - popped) as u64, next - *at);
                    }
                    5 if !consumers.is_empty() => {
                        let (consumer, at) = &mut consumers[who];
                        let mut seen = Vec::new();
                        let most = random.below(2 * capacity + 3);
                        assert_eq!(consumer.pop_batch(most, |n| seen.push(n.clone())), seen.len());
                        assert_eq!(seen.len(), most.min((next - *at) as usize));
                        assert!(seen.iter().cloned().eq((*at..).take(seen.len()).map(&of)));
                        *at += seen.len() as u64;
                    }
                    6 if random.below(2) == 0 && !consumers.is_empty() => {
                        drop(consumers.swap_remove(who));
                    }
                    6 if !consumers.is_empty() => {
                        let at = consumers[who].1;
                        match consumers[who].0.try_clone() {
                            Some(clone) => consumers.push((clone, at)),
                            None => assert_eq!(consumers.len(), 3),
                        }
                    }
                    _ => match joining.join() {
                        Some(consumer) => consumers.push((consumer, next)),
                        None => assert_eq!(consumers.len(), 3),
                    },
                }
            }
            drop(joining);
            assert_eq!(producer.is_closed(), consumers.is_empty());
        }
    }
}

/// Each consumer reads, or learns exactly how many it missed and goes on with the oldest that is there.
#[test]
fn lossy_broadcasts() {
    for capacity in [1, 2, 8] {
        for (seed, start) in (1..).zip(STARTS) {
            let (mut producer, first) =
                LossySettings::new(capacity).start(start).open::<[u8; 24]>().expect("a ring");
            let value = |n: u64| {
                let mut value = [n as u8; 24];
                value[..8].copy_from_slice(&n.to_ne_bytes());
                value
            };
            let mut consumers = vec![(first, 0_u64, 0)];
            let (mut random, mut next) = (Random(seed), 0_u64);
            for _ in 0..STEPS {
                let who = random.below(consumers.len());
                let (consumer, at, missed) = &mut consumers[who];
                match random.below(6) {
                    0..3 => {
                        producer.push(value(next));
                        next += 1;
                    }
                    3 | 4 => {
                        assert_eq!(consumer.ready(), *at < next);
                        let oldest = next.saturating_sub(capacity as u64);
                        if *at < oldest {
                            let lapped = consumer.try_pop().expect_err("it was lapped");
                            assert_eq!(lapped.missed as u64, oldest - *at);
                            *missed += lapped.missed;
                            *at = oldest;
                        } else {
                            assert_eq!(consumer.try_pop(), Ok((*at < next).then(|| value(*at))));
                            *at += u64::from(*at < next);
                        }
                        assert_eq!(consumer.missed(), *missed);
                    }
                    _ if consumers.len() < 4 => {
                        let clone = consumers[who].0.clone();
                        let (at, missed) = (consumers[who].1, 0);
                        consumers.push((clone, at, missed));
                        consumers.push((producer.join(), next, 0));
                    }
                    _ => drop(consumers.swap_remove(who)),
                }
                if consumers.is_empty() {
                    consumers.push((producer.join(), next, 0));
                }
            }
        }
    }
}

#[test]
fn refusals() {
    assert_eq!(ManySettings::<One, Several>::new(0).open::<u8>().unwrap_err(), RingError::NoSlots);
    assert_eq!(BroadcastSettings::new(0).open::<u8>().unwrap_err(), RingError::NoSlots);
    assert_eq!(LossySettings::new(0).open::<u8>().unwrap_err(), RingError::NoSlots);
    for capacity in [usize::MAX, usize::MAX / 2, usize::MAX / 4] {
        let too_large = |error| matches!(error, RingError::TooLarge { .. } | RingError::OutOfMemory { .. });
        assert!(too_large(ManySettings::<One, Several>::new(capacity).open::<u8>().unwrap_err()));
        assert!(too_large(BroadcastSettings::new(capacity).open::<u8>().unwrap_err()));
        assert!(too_large(LossySettings::new(capacity).open::<u8>().unwrap_err()));
    }
}
