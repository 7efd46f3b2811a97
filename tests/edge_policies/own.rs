//! Edges of a user's own, in graphs and at their ends, and the stage that pushes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::edge::{Described, Edge, EdgeError, Mpsc, Pop, Push, Pushed, Spill, Spsc, edge, push};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use super::cpu;

/// A queue of the user's own, which wakes nobody and counts nothing.
#[derive(Clone)]
struct Locked(usize);

struct End<T>(Arc<Mutex<VecDeque<T>>>, usize);

impl<T: Send + 'static> Edge<T> for Locked {
    type Sender = End<T>;
    type Receiver = End<T>;

    fn open(self) -> Result<(End<T>, End<T>), EdgeError> {
        let queue = Arc::new(Mutex::new(VecDeque::new()));
        Ok((End(queue.clone(), self.0), End(queue, self.0)))
    }

    fn describe(&self) -> Described {
        Described::new("locked").capacity(self.0)
    }
}

impl<T> Push for End<T> {
    type Item = T;

    fn push(&mut self, value: T) -> Pushed<T> {
        let mut queue = self.0.lock().unwrap();
        if queue.len() == self.1 {
            return Pushed::Full(value);
        }
        queue.push_back(value);
        Pushed::Ok
    }

    fn has_room(&mut self) -> bool {
        self.0.lock().unwrap().len() < self.1
    }

    fn is_closed(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

impl<T> Pop for End<T> {
    type Item = T;

    fn pop(&mut self) -> Option<T> {
        self.0.lock().unwrap().pop_front()
    }

    fn ready(&mut self) -> bool {
        !self.0.lock().unwrap().is_empty()
    }

    fn is_closed(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

#[test]
fn an_edge_of_ones_own_carries_a_hop_and_arms() {
    let (first, second) = (cpu("first"), cpu("second"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let taking = seen.clone();
    let graph = fuse! {
        from_iter(0..2_000u64)
            .then(on(&first).edge(Locked(3)))
            .fork(
                |n| just(n).filter(|n| n % 3 != 0).then(on(&second).edge(Locked(5))).map(|n| n * 2),
                |n| just(n),
            )
            .for_each(move |(twice, n)| taking.lock().unwrap().push((twice, n)))
    };
    assert!(graph.inspect().to_string().contains("locked"), "{}", graph.inspect());
    Engine::new().run(graph).unwrap().join().unwrap();
    let expected = (0..2_000).filter(|n| n % 3 != 0).map(|n| (n * 2, n));
    assert!(seen.lock().unwrap().iter().copied().eq(expected));
}

#[test]
fn a_graph_receives_from_and_pushes_into_edges_of_ones_own() {
    let (mut feed, values) = Edge::<u64>::open(Locked(4)).unwrap();
    let (out, mut results) = Edge::<u64>::open(Locked(2)).unwrap();
    let here = cpu("here");
    let graph = fuse! { recv(values).map(|n| n + 1).and(push(out)) };
    let handle = Engine::on(here).run(graph).unwrap();
    let feeding = thread::spawn(move || {
        for n in 0..500 {
            while feed.push(n) != Pushed::Ok {
                thread::yield_now();
            }
        }
    });
    let mut next = 1;
    while next <= 500 {
        match results.pop() {
            Some(n) => {
                assert_eq!(n, next);
                next += 1;
            }
            None => thread::yield_now(),
        }
    }
    feeding.join().unwrap();
    assert_eq!(handle.join().unwrap().completed, 500);
}

#[test]
fn push_waits_for_room_and_says_who_is_gone() {
    let (out, mut results) = edge::<u64>(1).unwrap();
    let plain = Engine::on(cpu("plain")).run(from_iter(0..300u64).and(push(out))).unwrap();
    let mut next = 0;
    while next < 300 {
        match results.pop() {
            Some(n) => {
                assert_eq!(n, next);
                next += 1;
            }
            None => thread::yield_now(),
        }
    }
    assert_eq!(plain.join().unwrap().completed, 300);

    let (out, results) = edge::<u64>(1).unwrap();
    drop(results);
    let error = Engine::new().run(just(1).and(push(out))).unwrap().join().unwrap_err();
    assert!(error.to_string().contains("nobody receives"), "{error}");
}

/// One that waits on another context than before is woken there too.
#[test]
fn push_is_woken_wherever_it_waits() {
    let (out, mut results) = Mpsc::new().capacity(1).open().unwrap();
    let stage = push(out);
    for wait in [Wait::Spin, Wait::Park, Wait::Park] {
        let context = Cpu::builder().name("pushes").wait(wait).build().unwrap();
        let handle = Engine::on(context).run(from_iter(0..2_u64).and(stage.clone())).unwrap();
        // The second value finds no room. Were it not waiting yet, the test would show nothing, but not fail.
        thread::sleep(Duration::from_millis(50));
        assert_eq!(results.pop(), Some(0));
        let late = Instant::now() + Duration::from_secs(30);
        let second = std::iter::repeat_with(|| {
            thread::yield_now();
            results.pop()
        });
        let second = second.take_while(|_| Instant::now() < late).flatten().next();
        assert_eq!(second, Some(1), "nobody woke the stage on a context that waits by {wait:?}");
        assert_eq!(handle.join().unwrap().completed, 2);
    }
}

/// What a policy keeps on the sender's side goes on as soon as there is room, without another push and without the sender's end.
#[test]
fn push_moves_on_what_an_edge_keeps() {
    let (sender, mut receiver) = Spsc::new().capacity(2).policy(Spill(8)).open().unwrap();
    let stage = push(sender);
    let handle = Engine::on(cpu("pushes")).run(from_iter(0..5_u64).and(stage.clone())).unwrap();
    let late = Instant::now() + Duration::from_secs(30);
    let mut came = Vec::new();
    while came.len() < 5 && Instant::now() < late {
        came.extend(receiver.pop());
        thread::yield_now();
    }
    assert_eq!(came, [0, 1, 2, 3, 4]);
    assert_eq!(handle.join().unwrap().completed, 5);
    assert!(!receiver.is_closed(), "the sender is still there");
    drop(stage);
}
