//! Random operations on a ring and on a `VecDeque`, which must agree at every step.

use std::collections::VecDeque;

use fusewire::ring::{Auto, Full, InSlot, Indexed, Layout, Settings, choice};

use super::payload::{Aligned, Payload};

/// A small generator; the same seed gives the same run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// What the ring should be doing, in the plainest words.
struct Model {
    visible: VecDeque<u64>,
    deferred: VecDeque<u64>,
    capacity: usize,
    defers: bool,
    next: u64,
    popped: usize,
}

impl Model {
    fn is_full(&self) -> bool {
        self.visible.len() + self.deferred.len() == self.capacity
    }

    fn push(&mut self) -> u64 {
        self.deferred.push_back(self.next);
        self.next += 1;
        if !self.defers {
            self.publish();
        }
        self.next - 1
    }

    fn publish(&mut self) {
        self.visible.append(&mut self.deferred);
    }

    fn pop(&mut self) -> Option<u64> {
        let n = self.visible.pop_front()?;
        self.popped += 1;
        Some(n)
    }
}

fn check<T: Payload, L: Layout>(capacity: usize, start: usize, seed: u64, steps: usize) {
    let (mut producer, mut consumer) = Settings::new(capacity).start(start).open::<T, L>().expect("a ring");
    let capacity = capacity.next_power_of_two();
    assert_eq!((producer.capacity(), consumer.capacity()), (capacity, capacity));
    let defers = choice::<T, L>().layout == "indexed";
    let (visible, deferred) = (VecDeque::new(), VecDeque::new());
    let mut model = Model { visible, deferred, capacity, defers, next: 0, popped: 0 };
    let mut random = Random(seed);
    let watch = producer.watch();

    for _ in 0..steps {
        match random.below(10) {
            0 | 1 => match producer.try_push(T::of(model.next)) {
                Ok(()) => {
                    model.push();
                    model.publish();
                }
                Err(Full(back)) => {
                    back.check(model.next);
                    assert!(model.is_full());
                    model.publish();
                }
            },
            2 => match producer.push_deferred(T::of(model.next)) {
                Ok(()) => {
                    model.push();
                }
                Err(Full(back)) => {
                    back.check(model.next);
                    assert!(model.is_full());
                    model.publish();
                }
            },
            3 => {
                producer.publish();
                model.publish();
            }
            4 => {
                let room = producer.has_room();
                assert_eq!(room, !model.is_full());
                if room {
                    producer.push_reserved(T::of(model.push()));
                }
                model.publish();
            }
            5 => {
                let many = random.below(2 * capacity + 2);
                let first = model.next;
                let pushed = producer.push_batch((first..first + many as u64).map(T::of));
                let room = capacity - model.visible.len() - model.deferred.len();
                assert_eq!(pushed, many.min(room));
                for _ in 0..pushed {
                    model.push();
                }
                model.publish();
            }
            6 | 7 => match (consumer.try_pop(), model.pop()) {
                (Some(value), Some(n)) => value.check(n),
                (None, None) => {}
                (popped, expected) => panic!("popped {popped:?}, expected {expected:?}"),
            },
            8 => {
                let max = random.below(capacity + 2);
                let expected = max.min(model.visible.len());
                let popped = consumer.pop_batch(max, |value| value.check(model.pop().expect("a value")));
                assert_eq!(popped, expected);
            }
            _ => {
                assert_eq!(consumer.ready(), !model.visible.is_empty());
                match (consumer.peek(), model.visible.front()) {
                    (Some(value), Some(&n)) => value.check(n),
                    (None, None) => {}
                    (seen, expected) => panic!("saw {seen:?}, expected {expected:?}"),
                }
            }
        }
        assert_eq!((producer.pushed(), consumer.popped()), (model.next as usize, model.popped));
        let published = model.next as usize - model.deferred.len();
        assert_eq!(watch.counts(), (published, model.popped));
    }
}

fn check_layouts<T: Payload>() {
    for capacity in [1, 2, 3, 8] {
        for start in [0, usize::MAX - 7, usize::MAX, usize::MAX / 2] {
            let seed = 0x9e37_79b9_7f4a_7c15 ^ (capacity as u64) << 32 ^ start as u64;
            check::<T, Auto>(capacity, start, seed, 3000);
            check::<T, InSlot>(capacity, start, seed, 3000);
            check::<T, Indexed>(capacity, start, seed, 3000);
        }
    }
    check::<T, InSlot>(1024, usize::MAX - 4000, 7, 20_000);
    check::<T, Indexed>(1024, usize::MAX - 4000, 7, 20_000);
}

macro_rules! payloads {
    ($($name:ident: $payload:ty),* $(,)?) => {
        $(#[test] fn $name() { check_layouts::<$payload>(); })*
    };
}

payloads! {
    nothing: (),
    one_byte: u8,
    one_word: u64,
    odd_bytes: [u8; 13],
    aligned_to_16: u128,
    one_line_with_its_number: [u64; 7],
    one_line_without: [u64; 8],
    many_lines: [u64; 32],
    aligned_to_256: Aligned,
    owning: Box<u64>,
}
