//! The wheel against a sorted map, and timers that are taken out, hurried and abandoned.

use std::collections::BTreeMap;
use std::ptr::NonNull;

use super::wheel::{Node, TICK_BITS, Wheel};
use crate::work::{Fate, TaskNode, TaskRef};

/// A task that does nothing, and says which it is by its address.
struct Mark {
    node: Node,
    task: TaskNode,
}

impl Mark {
    fn new() -> Box<Self> {
        Box::new(Self { node: Node::new(), task: TaskNode::new(|_, _: Fate| {}) })
    }

    fn node(&mut self) -> NonNull<Node> {
        NonNull::from(&mut self.node)
    }

    fn task(&mut self) -> TaskRef {
        // SAFETY: the mark stays in its box, and has one task at a time.
        unsafe { TaskRef::new(NonNull::from(&mut self.task)) }
    }
}

/// Marsaglia's xorshift, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Of any magnitude up to that of `bits` bits.
    fn magnitude(&mut self, bits: u64) -> u64 {
        let shift = 64 - self.next() % bits - 1;
        self.next() >> shift
    }
}

#[test]
fn a_wheel_is_a_sorted_map() {
    for seed in 1..=20 {
        let mut numbers = Numbers(seed);
        let mut wheel = Wheel::new();
        let mut marks: Vec<Box<Mark>> = (0..64).map(|_| Mark::new()).collect();
        let mut dues: Vec<Option<u64>> = vec![None; marks.len()];
        let mut expected: BTreeMap<u64, usize> = BTreeMap::new();
        let mut now = 0;
        for _ in 0..20_000 {
            let index = (numbers.next() % 64) as usize;
            match (numbers.next() % 4, dues[index]) {
                (0 | 1, None) => {
                    let due = now + numbers.magnitude(40);
                    let (node, task) = (marks[index].node(), marks[index].task());
                    // SAFETY: the mark stays in its box, and is in no wheel.
                    unsafe { wheel.insert(node, due, task) };
                    dues[index] = Some(due);
                    *expected.entry(due).or_default() += 1;
                }
                (2, due) => {
                    // SAFETY: it is in this wheel or in none.
                    let task = unsafe { wheel.remove(marks[index].node()) };
                    assert_eq!(task.is_some(), due.is_some());
                    std::mem::forget(task);
                    if let Some(due) = dues[index].take() {
                        forget(&mut expected, due);
                    }
                }
                (3, _) => {
                    now += numbers.magnitude(36);
                    if wheel.next() <= now {
                        wheel.advance(now);
                        due_now(&mut wheel, now, &mut marks, &mut dues, &mut expected);
                    }
                    assert!(expected.first_key_value().is_none_or(|(&due, _)| due > now), "one is late");
                }
                _ => {}
            }
            assert_eq!(wheel.len(), expected.values().sum::<usize>());
            let earliest = expected.first_key_value().map_or(u64::MAX, |(&due, _)| due);
            assert!(wheel.next() <= earliest, "it would be looked at too late");
        }
        while let Some(task) = wheel.pop_any() {
            std::mem::forget(task);
        }
        assert!(wheel.is_empty() && wheel.next() == u64::MAX);
    }
}

fn forget(expected: &mut BTreeMap<u64, usize>, due: u64) {
    let count = expected.get_mut(&due).expect("it was inserted");
    *count -= 1;
    if *count == 0 {
        expected.remove(&due);
    }
}

fn due_now(
    wheel: &mut Wheel,
    now: u64,
    marks: &mut [Box<Mark>],
    dues: &mut [Option<u64>],
    expected: &mut BTreeMap<u64, usize>,
) {
    let mut tick = 0;
    while let Some(task) = wheel.pop() {
        std::mem::forget(task);
        // The one whose node has no task any more.
        let index = (0..marks.len())
            .find(|&index| dues[index].is_some() && marks[index].node.is_free())
            .expect("it was inserted");
        let due = dues[index].take().expect("found by it");
        assert!(due <= now, "one is early");
        assert!(due >> TICK_BITS >= tick, "one runs before an earlier tick");
        tick = due >> TICK_BITS;
        forget(expected, due);
    }
}

#[test]
fn those_of_one_tick_come_first_in_first_out() {
    let mut wheel = Wheel::new();
    let mut marks: Vec<Box<Mark>> = (0..8).map(|_| Mark::new()).collect();
    // Far enough to begin three levels up.
    let due = 5 << (TICK_BITS + 18);
    for (offset, mark) in marks.iter_mut().enumerate() {
        let (node, task) = (mark.node(), mark.task());
        // SAFETY: the mark stays in its box, and is in no wheel.
        unsafe { wheel.insert(node, due + 7 - offset as u64, task) };
    }
    wheel.advance(due - 1);
    assert!(wheel.pop().is_none());
    wheel.advance(due + 10);
    for index in 0..marks.len() {
        std::mem::forget(wheel.pop().expect("all are due"));
        assert!(marks[..=index].iter().all(|mark| mark.node.is_free()));
        assert!(!marks[index + 1..].iter().any(|mark| mark.node.is_free()));
    }
}

#[test]
fn the_ends_of_time_are_in_range() {
    let mut wheel = Wheel::new();
    let mut marks = [Mark::new(), Mark::new()];
    for (mark, due) in marks.iter_mut().zip([u64::MAX - 1, 0]) {
        let (node, task) = (mark.node(), mark.task());
        // SAFETY: the mark stays in its box, and is in no wheel.
        unsafe { wheel.insert(node, due, task) };
    }
    wheel.advance(1 << 60);
    std::mem::forget(wheel.pop().expect("due from the beginning"));
    assert!(wheel.pop().is_none() && wheel.len() == 1);
    wheel.advance(u64::MAX - 1);
    std::mem::forget(wheel.pop().expect("due at the end"));
}
