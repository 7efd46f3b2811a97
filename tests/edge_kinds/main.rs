//! Edges with several ends and broadcasts: exact counters at every step, what policies do, who is woken, what is
//! handed over, and hops of graphs over them.

mod leaving;
mod sleeping;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use fusewire::context::cpu::Cpu;
use fusewire::edge::{
    Block, Broadcast, DropNewest, DropOldest, Edge, EdgeStats, Mpmc, Mpsc, Pop, Push, Pushed, Spmc, Spsc,
};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

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

/// What a policy does with a value that finds no room.
#[derive(Clone, Copy, PartialEq)]
enum Expected {
    Back,
    Gone,
    OldestGone,
}

fn check_counters(stats: &EdgeStats, pushed: u64, popped: u64, dropped: u64, depth: usize) {
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.popped), (pushed, popped));
    assert_eq!((counters.dropped, counters.depth), (dropped, depth as u64));
    assert!(counters.balance(), "{counters:?}");
}

fn policy<E: Edge<u64>>(edge: E, expected: Expected) {
    let described = edge.describe();
    assert_eq!(described.lossy, expected != Expected::Back, "{described:?}");
    let (mut sender, mut receiver) = edge.open().expect("an edge");
    let capacity = receiver.capacity();
    let stats = sender.stats().expect("counters");
    let (mut model, mut random) = (VecDeque::new(), Random(7));
    let (mut pushed, mut popped, mut dropped) = (0, 0, 0);
    for n in 0..2_000 {
        if random.below(5) < 3 {
            let is_full = model.len() == capacity;
            assert_eq!(sender.has_room(), !is_full || expected != Expected::Back);
            match (is_full, expected) {
                (true, Expected::Back) => assert_eq!(sender.push(n), Pushed::Full(n)),
                (true, Expected::Gone) => {
                    assert_eq!(sender.push(n), Pushed::Dropped);
                    (pushed, dropped) = (pushed + 1, dropped + 1);
                }
                _ => {
                    assert_eq!(sender.push(n), Pushed::Ok);
                    pushed += 1;
                    if is_full {
                        model.pop_front();
                        dropped += 1;
                    }
                    model.push_back(n);
                }
            }
        } else {
            assert_eq!(receiver.ready(), !model.is_empty());
            let came = receiver.pop();
            assert_eq!(came, model.pop_front());
            popped += u64::from(came.is_some());
        }
        check_counters(&stats, pushed, popped, dropped, model.len());
    }
    drop(sender);
    assert!(receiver.is_closed());
    while let Some(n) = receiver.pop() {
        assert_eq!(Some(n), model.pop_front());
        popped += 1;
    }
    check_counters(&receiver.stats().expect("counters"), pushed, popped, dropped, 0);
}

#[test]
fn every_policy_of_every_kind() {
    for capacity in [1, 2, 8] {
        policy(Mpsc::new().capacity(capacity), Expected::Back);
        policy(Spmc::new().capacity(capacity).policy(Block), Expected::Back);
        policy(Mpmc::new().capacity(capacity), Expected::Back);
        policy(Mpsc::new().capacity(capacity).policy(DropNewest), Expected::Gone);
        policy(Spmc::new().capacity(capacity).policy(DropNewest), Expected::Gone);
        policy(Mpmc::new().capacity(capacity).policy(DropNewest), Expected::Gone);
        policy(Mpsc::new().capacity(capacity).policy(DropOldest), Expected::OldestGone);
        policy(Spmc::new().capacity(capacity).policy(DropOldest), Expected::OldestGone);
        policy(Mpmc::new().capacity(capacity).policy(DropOldest), Expected::OldestGone);
        policy(Spsc::new().capacity(capacity).policy(DropOldest), Expected::OldestGone);
        policy(Broadcast::new().capacity(capacity), Expected::Back);
        policy(Broadcast::new().capacity(capacity).policy(DropNewest), Expected::Gone);
    }
    assert_eq!(Edge::<u64>::describe(&Spsc::new().policy(DropOldest)).kind, "spsc");
    assert_eq!(Edge::<u64>::describe(&Mpsc::new()).kind, "mpsc");
    assert_eq!(Edge::<u64>::describe(&Spmc::new()).kind, "spmc");
    assert_eq!(Edge::<u64>::describe(&Mpmc::new()).kind, "mpmc");
}

/// Room that a sender was promised is its own, although another one is faster.
#[test]
fn a_promise_is_kept() {
    let (mut first, mut receiver) = Mpsc::new().capacity(2).open().expect("an edge");
    let mut second = first.clone();
    assert!(first.has_room());
    assert_eq!((second.push(20), second.push(21)), (Pushed::Ok, Pushed::Ok));
    assert_eq!(second.push(22), Pushed::Full(22));
    assert_eq!(first.push(10), Pushed::Ok, "it was promised");
    assert!(!first.has_room() && !first.flush());
    assert_eq!(first.push(11), Pushed::Full(11));
    assert_eq!(receiver.pop(), Some(20));
    assert!(first.flush());
    assert_eq!((receiver.pop(), receiver.pop(), receiver.pop()), (Some(21), Some(10), None));
    check_counters(&first.stats().expect("counters"), 3, 3, 0, 0);
}

/// A sender that goes with a value for which there is no room leaves it to the receiver.
#[test]
fn a_broadcast_counts_for_each_receiver() {
    let (mut sender, mut first) = Broadcast::new().capacity(2).receivers(2).open().expect("an edge");
    assert_eq!((sender.push(1), sender.push(2)), (Pushed::Ok, Pushed::Ok));
    assert_eq!(first.pop(), Some(1));
    let mut second = first.try_clone().expect("room for two");
    let why = first.try_clone().expect_err("room for two").to_string();
    assert!(why.contains("Broadcast::receivers"), "{why}");
    let (slow, fast) = (first.stats().expect("counters"), second.stats().expect("counters"));
    assert_eq!((second.pop(), sender.push(3), sender.push(4)), (Some(2), Pushed::Ok, Pushed::Full(4)));
    check_counters(&slow, 3, 1, 0, 2);
    check_counters(&fast, 2, 1, 0, 1);
    check_counters(&sender.stats().expect("counters"), 3, 1, 0, 2);
    drop(first);
    assert_eq!(sender.push(4), Pushed::Ok);
    let mut third = sender.joining().join().expect("room for two");
    assert_eq!((sender.push(5), second.pop()), (Pushed::Full(5), Some(3)));
    assert_eq!(sender.push(5), Pushed::Ok);
    assert_eq!((third.pop(), third.pop()), (Some(5), None));
    check_counters(&slow, 3, 1, 0, 2);
    check_counters(&fast, 4, 2, 0, 2);
    check_counters(&third.stats().expect("counters"), 1, 1, 0, 0);
}

/// What nobody has read when the last receiver leaves was not popped.
#[test]
fn a_broadcast_whose_receivers_leave_keeps_its_counters() {
    let (mut sender, mut slow) = Broadcast::new().capacity(16).open().expect("an edge");
    let mut fast = slow.try_clone().expect("room for two");
    let stats = sender.stats().expect("counters");
    for n in 0..10_u64 {
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    assert_eq!((slow.pop(), slow.pop(), slow.pop()), (Some(0), Some(1), Some(2)));
    (0..7).for_each(|n| assert_eq!(fast.pop(), Some(n)));
    check_counters(&stats, 10, 3, 0, 7);
    drop(slow);
    check_counters(&stats, 10, 7, 0, 3);
    drop(fast);
    check_counters(&stats, 10, 7, 0, 3);
    drop(sender);
    check_counters(&stats, 10, 7, 0, 3);
}

/// What was dropped before a receiver joined is none of what it counts.
#[test]
fn a_receiver_that_joins_late_counts_from_then_on() {
    let edge = Broadcast::new().capacity(2).policy(DropNewest);
    let (mut sender, mut first) = edge.open().expect("an edge");
    assert_eq!((sender.push(1), sender.push(2), sender.push(3)), (Pushed::Ok, Pushed::Ok, Pushed::Dropped));
    let mut second = sender.joining().join().expect("room for two");
    let stats = second.stats().expect("counters");
    check_counters(&stats, 0, 0, 0, 0);
    assert_eq!((first.pop(), sender.push(4), sender.push(5)), (Some(1), Pushed::Ok, Pushed::Dropped));
    check_counters(&stats, 2, 0, 1, 1);
    assert_eq!(second.pop(), Some(4));
    drop(second);
    check_counters(&stats, 2, 1, 1, 0);
    check_counters(&sender.stats().expect("counters"), 5, 1, 2, 2);
}

/// A hop that waits for nobody says how many values it lost.
#[test]
fn a_hop_over_a_lossy_broadcast_has_counters() {
    let cpu = |name| Cpu::builder().name(name).build().expect("a context");
    let (first, second) = (cpu("first"), cpu("second"));
    let graph = fuse! {
        from_iter(0..1_000_u64).then(on(second).edge(Broadcast::new().capacity(4).lossy())).for_each(|_| {})
    };
    let handle = Engine::on(first).run(graph).expect("it runs");
    while !handle.is_finished() {
        thread::yield_now();
    }
    let counters = handle.inspect().edges[0].counters.expect("counters");
    assert_eq!((counters.pushed, counters.popped + counters.dropped, counters.depth), (1_000, 1_000, 0));
    handle.join().expect("no error");
}

#[test]
fn a_lossy_broadcast_counts_what_was_missed() {
    let (mut sender, mut receiver) = Broadcast::new().capacity(4).lossy().open().expect("an edge");
    let stats = receiver.stats().expect("counters");
    let mut joined = sender.join();
    for n in 0..10_u64 {
        assert!(sender.has_room());
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    assert_eq!((receiver.pop(), receiver.missed()), (Some(6), 6));
    check_counters(&stats, 10, 1, 6, 3);
    assert_eq!(joined.try_pop().expect_err("it was lapped").missed, 6);
    assert_eq!(joined.try_pop(), Ok(Some(6)));
    drop((receiver, joined));
    assert!(sender.is_closed(), "counters hold no edge open");
}

/// Threads on both sides, under each policy: nothing is lost without being counted.
#[test]
fn every_value_is_popped_or_counted() {
    fn run<E>(edge: E, loses: bool)
    where
        E: Edge<u64>,
        E::Sender: Clone + 'static,
        E::Receiver: 'static,
    {
        const VALUES: u64 = 2_000;
        let (sender, mut receiver) = edge.open().expect("an edge");
        let stats = sender.stats().expect("counters");
        let senders = [sender.clone(), sender];
        let (came, sum) = thread::scope(|scope| {
            for mut sender in senders {
                scope.spawn(move || {
                    for n in 1..=VALUES {
                        // As a lane does it: room first, then the value, which must not come back.
                        while !sender.has_room() {
                            thread::yield_now();
                        }
                        assert!(!matches!(sender.push(n), Pushed::Full(_)), "it was promised");
                    }
                    while !sender.flush() {
                        thread::yield_now();
                    }
                });
            }
            let (mut came, mut sum) = (0, 0);
            loop {
                let closed = receiver.is_closed();
                match receiver.pop() {
                    Some(n) => (came, sum) = (came + 1, sum + n),
                    None if closed => return (came, sum),
                    None => thread::yield_now(),
                }
            }
        });
        let counters = stats.counters();
        assert_eq!((counters.pushed, counters.depth), (2 * VALUES, 0));
        assert_eq!((counters.popped, counters.popped + counters.dropped), (came, counters.pushed));
        if !loses {
            assert_eq!((sum, counters.dropped), (VALUES * (VALUES + 1), 0));
        }
    }
    for capacity in [1, 4, 64] {
        run(Mpsc::new().capacity(capacity), false);
        run(Mpmc::new().capacity(capacity), false);
        run(Mpmc::new().capacity(capacity).policy(DropNewest), true);
        run(Mpsc::new().capacity(capacity).policy(DropOldest), true);
    }
}

/// Several threads feed one graph, whose hop is over an edge of another kind, on contexts that park.
#[test]
fn a_graph_between_edges_with_several_ends() {
    let (sender, receiver) = Mpsc::new().capacity(4).open().expect("an edge");
    let sum = Arc::new(AtomicUsize::new(0));
    let total = Arc::clone(&sum);
    let cpu = |name| Cpu::builder().name(name).wait(Wait::Park).build().expect("a context");
    let (first, second) = (cpu("first"), cpu("second"));
    let graph = fuse! {
        recv(receiver)
            .then(on(second).edge(Mpmc::new().capacity(4)))
            .for_each(move |n: usize| {
                total.fetch_add(n, Ordering::SeqCst);
            })
    };
    let handle = Engine::on(first).run(graph).expect("it runs");
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let mut sender = sender.clone();
            thread::spawn(move || {
                for n in 1..=500 {
                    while !sender.has_room() {
                        sender.wake();
                        thread::yield_now();
                    }
                    assert_eq!(sender.push(n), Pushed::Ok);
                }
                while !sender.flush() {
                    thread::yield_now();
                }
                sender.wake();
            })
        })
        .collect();
    drop(sender);
    threads.into_iter().for_each(|thread| thread.join().expect("a sender"));
    assert_eq!(handle.join().expect("no error").completed, 1500);
    assert_eq!(sum.load(Ordering::SeqCst), 3 * 500 * 501 / 2);
}
