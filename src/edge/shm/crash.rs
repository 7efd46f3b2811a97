//! Every state in which a process can be killed: an end is stopped after each single store that it makes, and its successor
//! must go on.
//!
//! A killed process is one whose stores no longer happen. Its loads change nothing, so that the stores are all the states
//! there are. The steps are those of the real ends; only the memory is another.

use std::cell::Cell;

use super::layout::{
    AT_SLOTS, CONSUMER_REDELIVERED, END_DEATHS, End, PRODUCER_DROPPED, STATE_ATTACHED, STATE_ATTACHING,
    STATE_CLOSED, Shape,
};
use super::memory::Memory;
use super::popping::Popping;
use super::pushing::Pushing;
use super::ring::{Of, Ring};
use super::{Odd, Process};
use crate::primitive::Ordering;

/// More than a line would show a value of which one half is old; the last word is not full.
type Value = [u8; 69];

fn value(n: u64) -> Value {
    let mut value = [0; 69];
    for (at, byte) in value.iter_mut().enumerate() {
        *byte = (n as usize * 31 + at) as u8;
    }
    value[..8].copy_from_slice(&n.to_le_bytes());
    value
}

/// The number of a value, which must be whole.
fn number(seen: &Value) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&seen[..8]);
    let n = u64::from_le_bytes(bytes);
    assert_eq!(*seen, value(n), "a value was seen half");
    n
}

/// Memory in which the stores of one process come to an end.
#[derive(Clone, Copy)]
struct Dying<'m> {
    words: &'m [Cell<u64>],
    left: &'m Cell<u64>,
}

impl Dying<'_> {
    fn lives(self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left != 0
    }
}

// SAFETY: every offset is checked.
unsafe impl Memory for Dying<'_> {
    unsafe fn load(self, at: usize, _: Ordering) -> u64 {
        assert!(at.is_multiple_of(8));
        self.words[at / 8].get()
    }

    unsafe fn store(self, at: usize, value: u64, _: Ordering) {
        assert!(at.is_multiple_of(8));
        if self.lives() {
            self.words[at / 8].set(value);
        }
    }

    fn prefetch(self, _: usize) {}

    unsafe fn bell(self, at: usize) -> u32 {
        self.words[at / 8].get() as u32
    }

    unsafe fn swap_bell(self, at: usize, new: u32) -> u32 {
        // SAFETY: as the caller promises.
        let old = unsafe { self.bell(at) };
        if self.lives() {
            self.words[at / 8].set(u64::from(new));
        }
        old
    }

    unsafe fn change_bell(self, at: usize, old: u32, new: u32) -> bool {
        // SAFETY: as the caller promises.
        let is = unsafe { self.bell(at) } == old;
        if is && self.lives() {
            self.words[at / 8].set(u64::from(new));
        }
        is
    }

    unsafe fn wake(self, _: usize) {}

    fn fence(self) {}

    fn fence_everywhere(self) {}
}

/// The memory of a ring, and nobody at its ends.
struct World {
    words: Vec<Cell<u64>>,
    capacity: u64,
    start: u64,
}

const FOREVER: u64 = u64::MAX;

impl World {
    fn new(capacity: u64, start: u64) -> Self {
        let total = Shape::of(size_of::<Value>()).total(capacity).expect("small");
        let world = Self { words: vec![Cell::new(0); total / 8], capacity, start };
        let left = Cell::new(FOREVER);
        let ring = world.ring(&left);
        ring.begin(start);
        world
    }

    fn ring<'m>(&'m self, left: &'m Cell<u64>) -> Ring<Dying<'m>, Of<Value>> {
        // SAFETY: as many words as the shape says; they outlive the borrow.
        unsafe { Ring::new(Dying { words: &self.words, left }, Of::new(), self.capacity) }
    }

    /// What `pushed == popped + dropped + depth` is made of: popped, depth, dropped.
    fn counts(&self) -> (u64, u64, u64) {
        let left = Cell::new(0);
        let ring = self.ring(&left);
        let head = ring.head();
        let popped = head.wrapping_sub(self.start);
        (popped, ring.waiting(head), ring.number(End::Producer.at(PRODUCER_DROPPED)))
    }

    fn number(&self, at: usize) -> u64 {
        self.words[at / 8].get()
    }
}

const FIRST: Process = Process { pid: 1, started: 10 };
const SECOND: Process = Process { pid: 2, started: 20 };

fn pop(popping: &mut Popping<Dying<'_>, Value>) -> Option<u64> {
    popping.pop().map(|value| number(&value))
}

/// One push of a live producer.
fn push(pushing: &mut Pushing<Dying<'_>, Value>, n: u64) -> bool {
    let room = pushing.has_room();
    if room {
        // SAFETY: there is room.
        unsafe { pushing.fill(&value(n)) };
    }
    room
}

/// A producer that attaches, pushes and pushes is stopped after each of its stores, with rings empty, half full and full, where
/// the indices wrap.
#[test]
fn a_producer_dies_after_each_store() {
    let mut deaths_seen = 0;
    for capacity in [1, 2, 4] {
        for before in 0..=capacity {
            for stores in 0.. {
                let world = World::new(capacity, u64::MAX - 1);
                let (good, dying) = (Cell::new(FOREVER), Cell::new(FOREVER));
                let (mut popping, _) = Popping::attach(world.ring(&good), FIRST).expect("a new ring");
                let (mut pushing, _) = Pushing::attach(world.ring(&dying), FIRST).expect("a new ring");
                (0..before).for_each(|n| assert!(push(&mut pushing, n)));
                // Another process takes over what the first left in order; its attach may be cut off too.
                pushing.ring.leave_end(End::Producer);
                dying.set(stores);
                let (mut pushing, died) = Pushing::attach(world.ring(&dying), FIRST).expect("a good ring");
                assert_eq!(died, None);
                for n in before..before + 2 {
                    push(&mut pushing, n);
                }
                let survived = dying.get() != 0;
                let (popped, depth, dropped) = world.counts();
                assert_eq!((popped, dropped), (0, 0));
                assert!((before..=capacity.min(before + 2)).contains(&depth), "{depth} after {before}");
                let state = world.ring(&good).state(End::Producer);
                let dead = matches!(state, STATE_ATTACHED | STATE_ATTACHING);

                let (mut next, died) = Pushing::attach(world.ring(&good), SECOND).expect("what a death left");
                assert_eq!(died.is_some(), dead, "state {state} after {stores} stores");
                deaths_seen += u64::from(dead);
                assert_eq!(world.number(End::Producer.at(END_DEATHS)), u64::from(dead));
                // The consumer goes on; the new producer's values come right behind those that were published.
                let mut number = depth;
                for _ in 0..3 * capacity {
                    while push(&mut next, number) {
                        number += 1;
                    }
                    assert_eq!(pop(&mut popping), Some(number - capacity));
                }
                let (popped, depth, _) = world.counts();
                assert_eq!(popped + depth, number);
                assert!(popping.odd().is_none() && next.odd().is_none());
                if survived {
                    break;
                }
            }
        }
    }
    assert!(deaths_seen > 100, "{deaths_seen} deaths");
}

/// A consumer that attaches, pops and hands back is stopped after each of its stores. What was in its hands comes again as the
/// documentation says, and as it is counted.
#[test]
fn a_consumer_dies_after_each_store() {
    for deferred in [false, true] {
        for capacity in [2, 4] {
            for stores in 0.. {
                let world = World::new(capacity, u64::MAX - 1);
                let (good, dying) = (Cell::new(FOREVER), Cell::new(stores));
                let (mut pushing, _) = Pushing::attach(world.ring(&good), FIRST).expect("a new ring");
                let mut pushed = 0;
                while push(&mut pushing, pushed) {
                    pushed += 1;
                }
                let (mut popping, _) = Popping::attach(world.ring(&dying), FIRST).expect("a good ring");
                // What the process had in its hands while it was alive.
                let mut seen = Vec::new();
                for _ in 0..2 {
                    let popped = if deferred { popping.pop_deferred() } else { popping.pop() };
                    if dying.get() != 0 {
                        seen.push(number(&popped.expect("a full ring")));
                    }
                }
                if deferred {
                    popping.hand_back();
                }
                let survived = dying.get() != 0;
                let (handed_back, depth, _) = world.counts();
                assert_eq!(handed_back + depth, pushed);

                let (mut next, _) = Popping::attach(world.ring(&good), SECOND).expect("what a death left");
                let again = world.number(End::Consumer.at(CONSUMER_REDELIVERED));
                let first =
                    pop(&mut next).or_else(|| push(&mut pushing, pushed).then(|| pop(&mut next)).flatten());
                assert_eq!(first, Some(handed_back), "after {stores} stores");
                let twice = seen.iter().filter(|n| **n >= handed_back).count() as u64;
                if deferred {
                    // The word that says what was taken may be written just before the death.
                    assert!(again == twice || again == twice + 1, "{again} counted, {twice} twice");
                    assert!(handed_back == 0 || handed_back == 2);
                } else {
                    assert_eq!(twice, 0, "{seen:?} came again from {handed_back} on");
                }
                if survived {
                    break;
                }
            }
        }
    }
}

/// Whoever takes an end over from a process that died, is stopped after each of its stores, and the next one takes it over from
/// both. Nothing is lost; a death and what comes again are counted, and at most once more for the process in between.
#[test]
fn a_takeover_dies_after_each_store() {
    for stores in 0.. {
        let world = World::new(4, u64::MAX - 1);
        let (good, dying) = (Cell::new(FOREVER), Cell::new(stores));
        let (mut pushing, _) = Pushing::attach(world.ring(&good), FIRST).expect("a new ring");
        (0..4).for_each(|n| assert!(push(&mut pushing, n)));
        pushing.ring.dropped_one();
        let (mut popping, _) = Popping::attach(world.ring(&good), FIRST).expect("a good ring");
        assert_eq!(pop(&mut popping), Some(0));
        assert!(popping.pop_deferred().is_some() && popping.pop_deferred().is_some());
        // Both die here; their successors are cut off.
        let producer = Pushing::attach(world.ring(&dying), SECOND).expect("what a death left").0;
        let consumer = Popping::attach(world.ring(&dying), SECOND).expect("what a death left").0;
        producer.ring.dropped_one();
        // What an end does when it is dropped.
        consumer.ring.set_head(consumer.head);
        consumer.ring.leave_end(End::Consumer);
        let survived = dying.get() != 0;
        let closed = world.ring(&good).state(End::Consumer) == STATE_CLOSED;

        let (mut pushing, _) = Pushing::attach(world.ring(&good), FIRST).expect("what two deaths left");
        let (mut popping, died) = Popping::attach(world.ring(&good), FIRST).expect("what two deaths left");
        assert_eq!(died.is_none(), closed, "after {stores} stores");
        for end in [End::Producer, End::Consumer] {
            let deaths = world.number(end.at(END_DEATHS));
            assert!((1..=2).contains(&deaths), "{deaths} deaths of the {end} after {stores} stores");
        }
        let again = world.number(End::Consumer.at(CONSUMER_REDELIVERED));
        assert!(again == 2 || again == 4, "{again} come again after {stores} stores");
        let (popped, depth, dropped) = world.counts();
        assert_eq!(popped + depth, 4, "after {stores} stores");
        assert!(popped == 1 && (1..=2).contains(&dropped), "{popped} {dropped}");
        assert!(push(&mut pushing, 4) && !push(&mut pushing, 5));
        (1..5).for_each(|n| assert_eq!(pop(&mut popping), Some(n), "after {stores} stores"));
        assert!(!pushing.is_closed(), "its consumer is there");
        if survived {
            assert!(stores > 10);
            break;
        }
    }
}

/// One pair after another that leave in order: the other end of a former run is not taken for one of this run, whoever comes first,
/// and also by who takes over from a process that was stopped while it came.
#[test]
fn a_run_begins_afresh_after_each_store() {
    for producer_first in [false, true] {
        for stores in 0.. {
            let world = World::new(4, u64::MAX - 1);
            let (good, dying) = (Cell::new(FOREVER), Cell::new(stores));
            let ring = world.ring(&good);
            let _ = (Pushing::attach(ring, FIRST).expect("new"), Popping::attach(ring, FIRST).expect("new"));
            ring.leave_end(End::Producer);
            ring.leave_end(End::Consumer);
            let first = if producer_first { End::Producer } else { End::Consumer };
            let attach = |end: End, left| match end {
                End::Producer => Pushing::attach(world.ring(left), SECOND).map(drop),
                End::Consumer => Popping::attach(world.ring(left), SECOND).map(drop),
            };
            attach(first, &dying).expect("a good ring");
            let survived = dying.get() != 0;
            if !survived {
                attach(first, &good).expect("what a death left");
            }
            assert!(!ring.is_closed(first.other()), "that {} was of the former run", first.other());
            attach(first.other(), &good).expect("a good ring");
            assert!(!ring.is_closed(first) && !ring.is_closed(first.other()));
            ring.leave_end(first);
            assert!(ring.is_closed(first), "that one was of this run, after {stores} stores");
            if survived {
                break;
            }
        }
    }
}

/// Whatever stands in indices and numbers: both ends refuse it, or go on within the bounds of the memory, which is checked.
#[test]
fn any_words_are_survived() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let (mut refused, mut odd, mut accepted) = (0, 0, 0);
    for round in 0..60_000 {
        let world = World::new(4, random() % 3);
        let good = Cell::new(FOREVER);
        let mut ends = (round % 2 == 0).then(|| {
            let popping = Popping::attach(world.ring(&good), FIRST).expect("a new ring").0;
            (Pushing::attach(world.ring(&good), FIRST).expect("a new ring").0, popping)
        });
        if let Some((pushing, popping)) = &mut ends {
            (0..random() % 4).for_each(|n| assert!(push(pushing, n)));
            for _ in 0..random() % 3 {
                pop(popping);
            }
        }
        // Most words that matter are the consumer's index and the slots' numbers.
        for _ in 0..1 + random() % 3 {
            let shape = Shape::of(size_of::<Value>());
            let at = match random() % 4 {
                0 => super::layout::AT_HEAD,
                1 => 8 * (random() % (AT_SLOTS as u64 / 8)) as usize,
                _ => AT_SLOTS + shape.stride * (random() % 4) as usize + shape.sequence,
            };
            let word = match random() % 3 {
                0 => random(),
                1 => world.words[at / 8].get().wrapping_add(random() % 9).wrapping_sub(4),
                _ => 1 << (random() % 64),
            };
            world.words[at / 8].set(word);
        }
        let mut drive = |mut pushing: Pushing<Dying<'_>, Value>, mut popping: Popping<Dying<'_>, Value>| {
            for n in 0..20 {
                if pushing.has_room() {
                    // SAFETY: there is room.
                    unsafe { pushing.fill(&value(n)) };
                }
                // Any bytes are a value.
                let _ = popping.pop_deferred();
                if n % 3 == 0 {
                    popping.hand_back();
                }
            }
            let (head, tail) = (pushing.odd(), popping.odd());
            assert!(!matches!(head, Some(Odd::Sequence { .. })) && !matches!(tail, Some(Odd::Head { .. })));
            assert!(head.is_none() || pushing.is_closed());
            assert!(tail.is_none() || popping.is_closed());
            odd += u32::from(head.is_some() || tail.is_some());
            let _ = world.counts();
        };
        match ends {
            Some((pushing, popping)) => drive(pushing, popping),
            None => {
                let popping = Popping::attach(world.ring(&good), SECOND);
                let pushing = Pushing::attach(world.ring(&good), SECOND);
                match (pushing, popping) {
                    (Ok((pushing, _)), Ok((popping, _))) => {
                        accepted += 1;
                        drive(pushing, popping);
                    }
                    _ => refused += 1,
                }
            }
        }
    }
    assert!(refused > 1_000 && odd > 1_000 && accepted > 1_000, "{refused} {odd} {accepted}");
}
