//! What each policy does with a value for which there is no room, by hand and in graphs, and edges of a user's own.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::control::RunError;
use fusewire::edge::{
    Described, Edge, EdgeCounters, EdgeError, Mpsc, Pop, Push, Pushed, Spill, Spsc, edge, push,
};
use fusewire::engine::Engine;
use fusewire::graph::topology::EdgeInfo;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;
use fusewire::wait::Wait;

fn cpu(name: &str) -> Cpu {
    Cpu::builder().name(name).build().unwrap()
}

fn adds_up(counters: EdgeCounters) -> EdgeCounters {
    assert_eq!(counters.pushed, counters.popped + counters.dropped + counters.depth, "{counters:?}");
    counters
}

#[test]
fn fail_gives_the_value_back_and_does_not_count_it() {
    let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(Fail).open().unwrap();
    assert_eq!(
        [sender.push('a'), sender.push('b'), sender.push('c')],
        [Pushed::Ok, Pushed::Ok, Pushed::Failed('c')]
    );
    assert!(sender.has_room(), "a lane goes on, and finds out");
    assert_eq!(receiver.pop(), Some('a'));
    let counters = adds_up(sender.stats().counters());
    assert_eq!((counters.pushed, counters.popped, counters.dropped, counters.depth), (2, 1, 0, 1));
}

/// A graph whose consumer takes nothing before the source has ended, or the edge has failed.
fn behind_a_wall<K>(over: K) -> (Result<u64, RunError>, Vec<u64>, EdgeInfo)
where
    K: Edge<u64> + Send + 'static,
    K::Sender: 'static,
    K::Receiver: 'static,
{
    let (to, open) = (cpu("behind the wall"), Arc::new(AtomicBool::new(false)));
    let (ended, seen) = (open.clone(), Arc::new(Mutex::new(Vec::new())));
    let (taking, wall) = (seen.clone(), open.clone());
    let mut next = 0;
    let graph = fuse! {
        from_fn(move || {
            next += 1;
            if next > 100 {
                ended.store(true, Ordering::SeqCst);
            }
            (next <= 100).then_some(next)
        })
        .then(on(to).edge(over))
        .for_each(move |n| {
            while !wall.load(Ordering::SeqCst) {
                thread::yield_now();
            }
            taking.lock().unwrap().push(n);
        })
    };
    let handle = Engine::new().run(graph).unwrap();
    let failed = || handle.inspect().edges[0].counters.is_some_and(|counters| counters.depth == 8);
    while !handle.is_finished() {
        // Only an edge that fails leaves the source before it has ended with its edge full: the consumer may then go on.
        if failed() && handle.wait_for(std::time::Duration::from_millis(200)) {
            break;
        }
        if failed() && !open.load(Ordering::SeqCst) {
            open.store(true, Ordering::SeqCst);
        }
        thread::yield_now();
    }
    let drawn = handle.inspect().edges[0].clone();
    let ended = handle.join().map(|report| report.completed);
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    (ended, seen, drawn)
}

#[test]
fn fail_ends_the_run_with_the_stage_the_edge_and_its_capacity() {
    let (ended, seen, drawn) = behind_a_wall(Spsc::new().capacity(8).policy(Fail));
    let Err(RunError::Edge(refused)) = ended else { panic!("{ended:?}") };
    assert_eq!(
        (refused.to.as_str(), refused.capacity, refused.policy.as_str()),
        ("behind the wall", 8, "fail")
    );
    assert!(refused.stage.contains("edge_policies.rs"), "{}", refused.stage);
    assert!(refused.to_string().contains("full with 8 values"), "{refused}");
    assert!(seen.len() < 100 && seen.iter().copied().eq(1..=seen.len() as u64), "{seen:?}");
    assert_eq!(drawn.policy, "fail");
}

#[test]
fn spill_keeps_the_order_and_hands_over_what_waits() {
    let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(Spill(3)).open().unwrap();
    for n in 0..5 {
        assert!(sender.has_room());
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    assert!(!sender.has_room());
    assert_eq!(sender.push(5), Pushed::Full(5));
    let counters = adds_up(sender.stats().unwrap().counters());
    assert_eq!((counters.pushed, counters.depth, counters.spilled), (5, 5, 3));
    assert_eq!(receiver.pop(), Some(0));
    assert_eq!(sender.push(5), Pushed::Ok, "one that waits goes on, so that there is room");
    assert!(!sender.flush());
    drop(sender);
    let stats = receiver.stats().unwrap();
    let rest: Vec<_> = std::iter::from_fn(|| {
        let ready = receiver.ready();
        let value = receiver.pop();
        assert_eq!(ready, value.is_some());
        adds_up(stats.counters());
        value
    })
    .collect();
    assert_eq!(rest, [1, 2, 3, 4, 5]);
    let counters = adds_up(stats.counters());
    assert_eq!((counters.pushed, counters.popped, counters.spilled), (6, 6, 4));
}

#[test]
fn a_graph_over_a_spill_runs_to_its_end() {
    let (ended, seen, drawn) = behind_a_wall(Spsc::new().capacity(4).policy(Spill(200)));
    assert_eq!(ended.unwrap(), 100);
    assert!(seen.into_iter().eq(1..=100));
    let counters = drawn.counters.unwrap();
    assert_eq!((counters.pushed, counters.popped, counters.dropped, counters.depth), (100, 100, 0, 0));
    assert_eq!(drawn.policy, "spill(200)");
}

#[test]
fn conflate_keeps_the_latest_of_each_key_in_order_of_arrival() {
    let key = Conflate(|value: &(u8, u32)| value.0);
    let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(key).open().unwrap();
    for value in [(7, 0), (3, 1), (7, 2), (3, 3), (3, 4), (7, 5)] {
        assert!(sender.has_room(), "as many keys as the capacity never wait");
        assert_eq!(sender.push(value), Pushed::Ok);
    }
    let counters = adds_up(sender.stats().unwrap().counters());
    assert_eq!((counters.pushed, counters.dropped, counters.depth), (6, 4, 2));
    assert_eq!(receiver.pop(), Some((7, 5)));
    assert_eq!(sender.push((7, 6)), Pushed::Ok, "a key that was taken arrives anew");
    assert_eq!([receiver.pop(), receiver.pop(), receiver.pop()], [Some((3, 4)), Some((7, 6)), None]);
    adds_up(sender.stats().unwrap().counters());
}

#[test]
fn conflate_never_loses_a_key() {
    let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(Conflate(|n: &u32| *n)).open().unwrap();
    let pushed: Vec<_> = (0..10).map(|n| sender.push(n)).collect();
    let taken = pushed.iter().filter(|pushed| **pushed == Pushed::Ok).count() as u32;
    assert!((2..10).contains(&taken) && !sender.has_room());
    assert_eq!(pushed.last(), Some(&Pushed::Full(9)));
    for n in 0..taken {
        assert_eq!(receiver.pop(), Some(n));
    }
    assert!(sender.has_room());
    assert_eq!(sender.push(9), Pushed::Ok);
    drop(sender);
    assert_eq!((receiver.is_closed(), receiver.pop(), receiver.pop()), (true, Some(9), None));
}

#[test]
fn conflate_drops_what_is_inside_once() {
    let (mut sender, mut receiver) =
        Spsc::new().capacity(4).policy(Conflate(|value: &(u8, Arc<()>)| value.0)).open().unwrap();
    let token = Arc::new(());
    for n in 0..9 {
        assert_eq!(sender.push((n % 3, token.clone())), Pushed::Ok);
    }
    assert_eq!(Arc::strong_count(&token), 1 + 3, "what was replaced is gone");
    drop(receiver.pop());
    drop((sender, receiver));
    assert_eq!(Arc::strong_count(&token), 1);
}

#[test]
fn an_empty_description_is_refused_in_words() {
    let refused = Spsc::new().policy(Spill(0)).open::<u8>().unwrap_err().to_string();
    assert!(refused.contains("`Spill`"), "{refused}");
    let nothing = Spsc::new().capacity(0).policy(Conflate(|n: &u8| *n)).open::<u8, u8>();
    assert!(nothing.unwrap_err().to_string().contains("capacity"));
}

#[test]
fn policies_that_give_up_values_are_refused_in_arms() {
    fn refused<K: Edge<u64> + Send + 'static>(over: K, policy: &str)
    where
        K::Sender: 'static,
        K::Receiver: 'static,
    {
        let there = cpu("there");
        let graph = fuse! {
            from_iter(0..9u64).fork(|n| just(n).then(on(there).edge(over)).map(|n| n + 1), |n| just(n)).for_each(drop)
        };
        let Err(LaunchError::Edge(why)) = Engine::new().run(graph) else {
            panic!("{policy} was not refused")
        };
        assert!(why.contains("meet value by value") && why.contains(policy), "{why}");
    }
    refused(Spsc::new().policy(DropNewest), "drop-newest");
    refused(Spsc::new().policy(Fail), "fail");
    refused(Spsc::new().policy(Conflate(|n: &u64| *n)), "conflate");
}

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
