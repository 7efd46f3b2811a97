//! Graphs over rings between processes: as a hop, as a source, and asleep until another process rings.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::edge::shm::{Shm, shm};
use fusewire::edge::{DropNewest, Edge, Pushed};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use crate::support::{NAME, Name, part};

const LIMIT: Duration = Duration::from_secs(60);

fn cpu(name: &str, wait: Wait) -> Cpu {
    Cpu::builder().name(name).wait(wait).build().expect("a context")
}

#[stage]
fn double(n: u64) -> u64 {
    n * 2
}

#[test]
fn a_hop_goes_over_shared_memory() {
    const VALUES: u64 = 20_000;
    for wait in [Wait::spin_then_yield(), Wait::Park] {
        let name = Name::new();
        let (io, compute) = (cpu("io", wait), cpu("compute", wait));
        let (done, doubled) = mpsc::channel();
        let graph = fuse! {
            from_iter(0..VALUES).then(on(compute).edge(name.shm().capacity(16))).map(double).for_each(move |n: u64| done.send(n).unwrap())
        };
        let drawn = graph.inspect().to_string();
        assert!(drawn.contains("shm"), "{drawn}");
        let report = Engine::on(io).run(graph).unwrap().join().unwrap();
        assert_eq!(report.completed, VALUES);
        assert!(doubled.iter().eq((0..VALUES).map(double)));
        let counters = name.shm().watch().unwrap().counters();
        assert_eq!((counters.pushed, counters.popped, counters.depth), (VALUES, VALUES, 0), "{wait:?}");
    }
}

#[test]
fn what_a_hop_drops_is_counted() {
    let name = Name::new();
    let ring = name.shm().capacity(4).policy(DropNewest);
    let described = Edge::<u64>::describe(&ring);
    assert_eq!(
        (&*described.kind, &*described.policy, described.capacity, described.lossy),
        ("shm", "drop-newest", 4, true)
    );
    let (mut sender, receiver) = Edge::<u64>::open(ring).unwrap();
    for n in 0..10 {
        assert_eq!(
            fusewire::edge::Push::push(&mut sender, n),
            if n < 4 { Pushed::Ok } else { Pushed::Dropped }
        );
    }
    let counters = fusewire::edge::Push::stats(&sender).unwrap().counters();
    assert_eq!((counters.pushed, counters.popped, counters.dropped, counters.depth), (10, 0, 6, 4));
    drop(receiver);
    assert!(sender.is_closed());
}

#[test]
fn an_edge_that_another_process_has_refuses_the_graph() {
    let name = Name::new();
    let _held = name.shm().sender::<u64>().unwrap();
    let compute = cpu("compute", Wait::spin_then_yield());
    let ring = name.shm();
    let graph = fuse! { from_iter(0..10_u64).then(on(compute).edge(ring)).map(double) };
    let refused = Engine::new().run(graph).map(drop).unwrap_err().to_string();
    let pid = std::process::id();
    assert!(refused.contains(&format!("held by process {pid}")), "{refused}");
}

fn answers(name: &str) -> Shm {
    shm(format!("{name}-answers")).capacity(4)
}

/// A child whose graph waits asleep for what comes over one ring, and answers over another.
#[test]
fn child() {
    let Some((part, ring)) = part() else { return };
    if part != "a parked graph" {
        return;
    }
    let mut out = answers(&std::env::var(NAME).unwrap()).sender::<u64>().unwrap();
    let receiver = ring.receiver::<u64>().unwrap();
    let (io, compute) = (cpu("io", Wait::Park), cpu("compute", Wait::Park));
    let graph = fuse! {
        recv(receiver)
            .then(on(compute))
            .map(double)
            .then(on(io.clone()))
            .for_each(move |n: u64| {
                let Pushed::Ok = out.push(n) else { panic!("one answer at a time fits") };
                out.wake();
            })
    };
    Engine::on(io).run(graph).unwrap().join().unwrap();
}

/// A context that parks is woken for each value: without that each would cost it a tenth of a second.
#[test]
fn a_parked_graph_is_woken_by_another_process() {
    const ROUNDS: u64 = 2_000;
    let name = Name::new();
    let back = Name(format!("{}-answers", name.0));
    let mut sender = name.shm().sender::<u64>().unwrap();
    let mut receiver = answers(&name.0).receiver::<u64>().unwrap();
    let mut child = name.child("graph::child", "a parked graph");
    let began = Instant::now();
    for n in 0..ROUNDS {
        assert_eq!(sender.push(n), Pushed::Ok);
        sender.wake();
        assert!(receiver.wait(LIMIT) && !receiver.is_closed());
        assert_eq!(receiver.pop(), Some(n * 2));
        if n % 200 == 0 {
            // Long enough for everything there to sleep.
            thread::sleep(Duration::from_millis(5));
        }
    }
    let took = began.elapsed();
    // The close ends the graph, and with it the child.
    drop(sender);
    assert!(child.0.wait().unwrap().success());
    assert!(receiver.is_closed());
    drop(back);
    assert!(took < LIMIT, "{ROUNDS} rounds took {took:?}: nobody was woken");
    println!("{ROUNDS} rounds through a parked graph: {:?} each", took / ROUNDS as u32);
}

/// A context that sleeps in a poller cannot sleep on the ring's word: it looks, and misses nothing.
#[test]
fn a_context_that_sleeps_elsewhere_looks() {
    let name = Name::new();
    let mut sender = name.shm().capacity(4).sender::<u64>().unwrap();
    let receiver = name.shm().receiver::<u64>().unwrap();
    let io = fusewire::context::io::Io::builder().name("io").wait(Wait::Park).build().unwrap();
    let (done, seen) = mpsc::channel();
    let graph = fuse! { recv(receiver).map(double).for_each(move |n: u64| done.send(n).unwrap()) };
    let handle = Engine::on(io).run(graph).unwrap();
    for n in 0..200 {
        assert_eq!(sender.push(n), Pushed::Ok);
        assert_eq!(seen.recv_timeout(LIMIT), Ok(n * 2));
        if n % 20 == 0 {
            thread::sleep(Duration::from_millis(3));
        }
    }
    drop(sender);
    let report = handle.join_timeout(LIMIT).expect("the close ends the graph").unwrap();
    assert_eq!(report.completed, 200);
}

/// The source of a graph dies, and the graph goes on with the next one; until somebody says that none will come.
#[test]
fn a_graph_outlives_its_source() {
    let name = Name::new();
    let _tally = Name(format!("{}-tally", name.0));
    let ring = name.shm();
    let receiver = ring.receiver::<[u64; 18]>().unwrap();
    let watch = receiver.watch().unwrap();
    let (io, compute) = (cpu("io", Wait::Park), cpu("compute", Wait::Park));
    let graph = fuse! { recv(receiver).then(on(compute)).map(first) };
    let handle = Engine::on(io).run(graph).unwrap();
    let limit = Instant::now() + LIMIT;
    for round in 1..=3 {
        let child = name.child("killed::child", "push");
        let before = watch.counters().popped;
        while watch.counters().popped < before + 1000 {
            assert!(Instant::now() < limit, "round {round}");
            thread::sleep(Duration::from_millis(1));
        }
        // Killed where it stands.
        drop(child);
    }
    assert!(watch.bury(fusewire::edge::shm::End::Producer).unwrap());
    let report = handle.join_timeout(LIMIT).expect("a buried source ends the graph").unwrap();
    let counters = watch.counters();
    assert_eq!((report.completed, counters.depth), (counters.popped, 0));
    assert_eq!(counters.producer_deaths, 3);
}

#[stage]
fn first(value: [u64; 18]) -> u64 {
    value[0]
}
