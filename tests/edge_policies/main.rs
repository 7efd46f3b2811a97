//! What each policy does with a value for which there is no room, by hand and in graphs, and edges of a user's own.

mod conflate;
mod own;
mod spill;
mod waking;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use fusewire::context::cpu::Cpu;
use fusewire::control::RunError;
use fusewire::edge::{Edge, EdgeCounters, Pushed, Spsc};
use fusewire::engine::Engine;
use fusewire::graph::topology::EdgeInfo;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;

fn cpu(name: &str) -> Cpu {
    Cpu::builder().name(name).build().unwrap()
}

fn adds_up(counters: EdgeCounters) -> EdgeCounters {
    assert!(counters.balance(), "{counters:?}");
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

/// Opens the wall for the consumer when the source has ended, or is dropped because the edge has failed.
struct OpensAtEnd(Arc<AtomicBool>);

impl OpensAtEnd {
    fn open(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Drop for OpensAtEnd {
    fn drop(&mut self) {
        self.open();
    }
}

/// A graph whose consumer takes nothing before the source has ended, or the edge has failed.
fn behind_a_wall<K>(over: K) -> (Result<u64, RunError>, Vec<u64>, EdgeInfo)
where
    K: Edge<u64> + Send + 'static,
    K::Sender: 'static,
    K::Receiver: 'static,
{
    let (to, open) = (cpu("behind the wall"), Arc::new(AtomicBool::new(false)));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (taking, wall, opens) = (seen.clone(), open.clone(), OpensAtEnd(open));
    let mut next = 0;
    let graph = fuse! {
        from_fn(move || {
            next += 1;
            if next > 100 {
                opens.open();
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
    while !handle.is_finished() {
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
    assert!(refused.stage.contains("edge_policies/main.rs"), "{}", refused.stage);
    assert!(refused.to_string().contains("full with 8 values"), "{refused}");
    assert!(seen.len() < 100 && seen.iter().copied().eq(1..=seen.len() as u64), "{seen:?}");
    assert_eq!(drawn.policy, "fail");
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
