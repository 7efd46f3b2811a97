//! `merge` of sources that live on different contexts: each has a lane of its own, and an edge to where they merge.

use std::net::UdpSocket as Plain;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fusewire::completion::Completion;
use fusewire::consumers::spawn_on;
use fusewire::context::ContextRef;
use fusewire::context::Scheduler;
use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::control::{Report, RunError, Stop};
use fusewire::edge::{Pop, Wake, edge};
use fusewire::engine::{Engine, Handle};
use fusewire::net::UdpSocket;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::source::{Source, Taken};

use crate::{Log, WAITS, Wrong, cpu, until};

/// Gives `from`, `from + 1`, .. up to `to` on its home alone, and fails before `fails`.
#[derive(Debug)]
struct Numbers {
    home: ContextRef,
    next: u64,
    to: u64,
    fails: u64,
    given: Arc<AtomicU64>,
}

impl Numbers {
    fn on(cpu: &Cpu, from: u64, to: u64) -> Self {
        Self { home: cpu.context().clone(), next: from, to, fails: u64::MAX, given: Arc::default() }
    }

    fn given(&self) -> Arc<AtomicU64> {
        self.given.clone()
    }

    fn failing_at(mut self, fails: u64) -> Self {
        self.fails = fails;
        self
    }
}

impl Source for Numbers {
    type Value = u64;
    type Error = Wrong;

    fn home(&self) -> Option<ContextRef> {
        Some(self.home.clone())
    }

    fn take(&mut self) -> Taken<u64, Wrong> {
        assert!(self.home.is_here(), "a source is asked on its home alone");
        if self.next == self.fails {
            self.fails = u64::MAX;
            return Taken::Error(Wrong(self.next));
        }
        if self.next == self.to {
            return Taken::Ended;
        }
        self.given.fetch_add(1, Ordering::Relaxed);
        self.next += 1;
        Taken::Value(self.next - 1)
    }
}

/// What came, split by thousands of thousands, each of which is one source's.
fn by_source(values: &[u64]) -> Vec<Vec<u64>> {
    let mut all = vec![Vec::new(); 4];
    for &value in values {
        all[usize::try_from(value / 1_000_000).unwrap()].push(value % 1_000_000);
    }
    all
}

fn ended(handle: Handle) -> Report {
    handle.join().unwrap()
}

#[test]
fn sources_on_two_contexts_are_merged_and_the_end_of_one_is_not_that_of_the_other() {
    for wait in WAITS {
        let (a, b, log) = (cpu("a", wait), cpu("b", wait), Log::default());
        let (first, second) = (Numbers::on(&a, 0, 300), Numbers::on(&b, 1_000_000, 1_020_000));
        let seen = log.clone();
        let graph = fuse! { merge(source(first), source(second)).map(|x| x).for_each(move |x| seen.note(x)) };
        let report = ended(Engine::on(cpu("home", wait)).run(graph).unwrap());
        assert_eq!((report.started, report.completed), (20_300, 20_300));
        let came = by_source(&log.take());
        assert!(
            came[0].iter().copied().eq(0..300) && came[1].iter().copied().eq(0..20_000),
            "each in its order"
        );
    }
}

#[test]
fn four_on_three_contexts_behind_a_hop() {
    for wait in WAITS {
        let (a, b, c, log) = (cpu("a", wait), cpu("b", wait), cpu("c", wait), Log::default());
        let numbers =
            |home: &Cpu, source: u64| Numbers::on(home, source * 1_000_000, source * 1_000_000 + 5_000);
        let (one, two, three, four) = (numbers(&a, 0), numbers(&b, 1), numbers(&b, 2), numbers(&c, 3));
        let (seen, to) = (log.clone(), a.clone());
        let graph = fuse! {
            merge4(source(one), source(two), source(three), source(four)).then(on(to)).for_each(move |x| seen.note(x))
        };
        let report = ended(Engine::new().run(graph).unwrap());
        assert_eq!((report.started, report.completed), (20_000, 20_000));
        for came in by_source(&log.take()) {
            assert!(came.into_iter().eq(0..5_000), "each in its order");
        }
    }
}

#[test]
fn three_by_priority_with_one_that_lives_anywhere() {
    for wait in WAITS {
        let (a, b, log) = (cpu("a", wait), cpu("b", wait), Log::default());
        let (first, second) = (Numbers::on(&a, 0, 4_000), Numbers::on(&b, 1_000_000, 1_004_000));
        let seen = log.clone();
        let graph = fuse! {
            merge_by_priority(source(first), merge_by_priority(source(second), from_iter(2_000_000..2_004_000u64)))
                .for_each(move |x| seen.note(x))
        };
        let report = ended(Engine::new().run(graph).unwrap());
        assert_eq!((report.started, report.completed), (12_000, 12_000));
        for came in &by_source(&log.take())[..3] {
            assert!(came.iter().copied().eq(0..4_000), "each in its order");
        }
    }
}

#[test]
fn a_drain_hands_on_what_every_source_has_given() {
    for wait in WAITS {
        let (a, b, log) = (cpu("a", wait), cpu("b", wait), Log::default());
        let (first, second) = (Numbers::on(&a, 0, 900_000), Numbers::on(&b, 1_000_000, 1_900_000));
        let given = [first.given(), second.given()];
        let seen = log.clone();
        let graph = fuse! { merge(source(first), source(second)).for_each(move |x| seen.note(x)) };
        let handle = Engine::new().run(graph).unwrap();
        until("both have given something", || given.iter().all(|given| given.load(Ordering::Relaxed) > 10));
        handle.stop(Stop::Drain);
        let report = ended(handle);
        let given = given.map(|given| given.load(Ordering::Relaxed));
        assert_eq!((report.started, report.completed), (given[0] + given[1], given[0] + given[1]));
        let came = by_source(&log.take());
        assert!(came[0].iter().copied().eq(0..given[0]) && came[1].iter().copied().eq(0..given[1]));
    }
}

#[test]
fn a_drain_hands_on_what_the_first_side_of_a_join_has_given() {
    for wait in WAITS {
        let (a, b, log) = (cpu("a", wait), cpu("b", wait), Log::default());
        let (first, second) = (Numbers::on(&a, 0, 900_000), Numbers::on(&b, 1_000_000, 1_900_000));
        let given = [first.given(), second.given()];
        let seen = log.clone();
        let graph = fuse! {
            merge(source(first), source(second)).join(from_iter(0u64..)).for_each(move |(x, _)| seen.note(x))
        };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        until("both have given something", || given.iter().all(|given| given.load(Ordering::Relaxed) > 10));
        handle.stop(Stop::Drain);
        let report = ended(handle);
        let given = given.map(|given| given.load(Ordering::Relaxed));
        assert_eq!((report.started, report.completed), (given[0] + given[1], given[0] + given[1]));
        let came = by_source(&log.take());
        assert!(came[0].iter().copied().eq(0..given[0]) && came[1].iter().copied().eq(0..given[1]));
    }
}

#[test]
fn abandoning_leaves_nothing() {
    let alive = Arc::new(());
    for wait in WAITS {
        let (a, b, log) = (cpu("a", wait), cpu("b", wait), Log::default());
        let (first, second) = (Numbers::on(&a, 0, 900_000), Numbers::on(&b, 1_000_000, 1_900_000));
        let (seen, token) = (log.clone(), alive.clone());
        let graph = fuse! {
            merge(source(first), source(second)).map(move |x| (x, token.clone())).for_each(move |(x, _)| seen.note(x))
        };
        let handle = Engine::new().run(graph).unwrap();
        until("some have come", || log.len() > 100);
        handle.stop(Stop::Abandon);
        ended(handle);
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}

#[test]
fn an_error_of_the_source_that_lives_elsewhere_ends_the_graph_or_is_handled() {
    for wait in WAITS {
        let (a, b) = (cpu("a", wait), cpu("b", wait));
        let sources =
            || (Numbers::on(&a, 0, u64::MAX), Numbers::on(&b, 1_000_000, 1_001_000).failing_at(1_000_400));
        let (first, second) = sources();
        let graph = fuse! { merge(source(first), source(second)).for_each(drop) };
        let error = Engine::new().run(graph).unwrap().join().unwrap_err();
        assert_eq!(RunError::downcast_ref::<Wrong>(&error), Some(&Wrong(1_000_400)));

        let (_, second) = sources();
        let (log, first) = (Log::default(), Numbers::on(&a, 0, 500));
        let seen = log.clone();
        let graph = fuse! {
            merge(source(first), source(second)).or_else(|_: Wrong| just(2_000_000u64)).for_each(move |x| seen.note(x))
        };
        let report = ended(Engine::new().run(graph).unwrap());
        assert_eq!(report.completed, 1_501);
        let came = by_source(&log.take());
        assert!(came[0].iter().copied().eq(0..500) && came[1].iter().copied().eq(0..1_000));
        assert_eq!(came[2], [0], "the error came once");
    }
}

/// Plain and fused give the same values, each source's in its order.
#[test]
fn plain_gives_the_same() {
    let (a, b) = (cpu("a", WAITS[0]), cpu("b", WAITS[0]));
    macro_rules! came {
        ($form:ident) => {{
            let (log, first, second) =
                (Log::default(), Numbers::on(&a, 0, 700), Numbers::on(&b, 1_000_000, 1_001_500));
            let seen = log.clone();
            let graph = $form! { merge(source(first), source(second)).filter(|x| x % 3 != 0).for_each(move |x| seen.note(x)) };
            let report = ended(Engine::new().run(graph).unwrap());
            (report.started, report.completed, by_source(&log.take()))
        }};
    }
    use crate::plain;
    assert_eq!(came!(plain), came!(fuse));
}

/// Two feeds on two io contexts: the case that is what this is for.
#[test]
fn datagrams_from_two_io_contexts() {
    for wait in WAITS {
        let ios = ["left", "right"].map(|name| Io::builder().name(name).wait(wait).build().unwrap());
        let sockets = ios.each_ref().map(|io| UdpSocket::bind(io, "127.0.0.1:0").build().unwrap());
        let addresses = sockets.each_ref().map(|socket| socket.local_address());
        let [left, right] = sockets;
        let log = Log::default();
        let seen = log.clone();
        let graph = fuse! {
            merge(read(left), read(right)).map(|datagram| u64::from(datagram[0])).for_each(move |x| seen.note(x))
        };
        let handle = Engine::new().run(graph).unwrap();
        let out = Plain::bind("127.0.0.1:0").unwrap();
        for number in 0..100u8 {
            out.send_to(&[number], addresses[usize::from(number % 2)]).unwrap();
            until("it came", || log.len() > usize::from(number));
        }
        handle.stop(Stop::Drain);
        ended(handle);
        assert!(log.take().into_iter().eq(0..100));
    }
}

/// Has a deadline, also after its end.
#[derive(Debug)]
struct Due(std::time::Instant);

impl Source for Due {
    type Value = u64;
    type Error = Never;

    fn take(&mut self) -> Taken<u64, Never> {
        Taken::Ended
    }

    fn deadline(&self) -> Option<std::time::Instant> {
        Some(self.0)
    }
}

/// A lane that parks would turn without sleep: the deadline is past, and nobody asks the source any more.
#[test]
fn the_deadline_of_a_source_that_has_ended_is_none() {
    let (_sender, open) = edge::<u64>(4).unwrap();
    let (_other, also_open) = edge::<u64>(4).unwrap();
    let due = std::time::Instant::now();
    let mut merged = merge3(recv(open), source(Due(due)), recv(also_open));
    assert_eq!(Source::deadline(&merged), Some(due));
    assert!(matches!(Source::take(&mut merged), Taken::Empty));
    assert_eq!(Source::deadline(&merged), None);
}

/// The receiving end of an edge that somebody else wrote, and what is done to it.
#[derive(Debug, Clone, Default)]
struct Foreign {
    waiting: Log,
    closed: Arc<AtomicU64>,
    // Says that it wakes, and is closed at that moment.
    leaves: bool,
}

impl Pop for Foreign {
    type Item = u64;

    fn pop(&mut self) -> Option<u64> {
        self.waiting.first()
    }

    fn ready(&mut self) -> bool {
        self.waiting.len() != 0
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire) != 0
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        drop(wake);
        if self.leaves {
            self.closed.store(1, Ordering::Release);
        }
        self.leaves
    }
}

/// Where nobody wakes it, a lane looks again and again, also when it asks a merge or what [`source`] wraps.
#[test]
fn an_edge_that_wakes_nobody_is_looked_at() {
    for wait in WAITS {
        let (foreign, wrapped, log) = (Foreign::default(), Foreign::default(), Log::default());
        let (sender, quiet) = edge::<u64>(4).unwrap();
        let (first, second, seen) = (foreign.clone(), wrapped.clone(), log.clone());
        let graph =
            fuse! { merge3(recv(quiet), recv(first), source(recv(second))).for_each(move |x| seen.note(x)) };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        for number in 0..10 {
            std::thread::sleep(std::time::Duration::from_millis(1));
            if number < 5 { &foreign } else { &wrapped }.waiting.note(number);
            until("it came", || log.len() > number as usize);
            if number == 4 {
                foreign.closed.store(1, Ordering::Release);
            }
        }
        wrapped.closed.store(1, Ordering::Release);
        drop(sender);
        until("it ends", || handle.is_finished());
        assert!(log.take().into_iter().eq(0..10));
        ended(handle);
    }
}

/// So does a single pass, on a context that parks.
#[test]
fn an_edge_that_wakes_nobody_is_looked_at_by_a_single_pass() {
    for wait in WAITS {
        let (home, scope, log) = (cpu("home", wait), Scope::new(), Log::default());
        let (plainly, fused) = (Foreign::default(), Foreign::default());
        let (first, second) = (plainly.clone(), fused.clone());
        let (seen, also_seen) = (log.clone(), log.clone());
        spawn_on(&home, &scope, recv(first).map(move |x| seen.note(x))).unwrap();
        spawn_on(&home, &scope, fuse! { recv(second).map(move |x| also_seen.note(x)) }).unwrap();
        // Long enough for the context to find nothing to do.
        std::thread::sleep(std::time::Duration::from_millis(20));
        for (number, foreign) in [plainly, fused].iter().enumerate() {
            foreign.waiting.note(number as u64);
            until("it came", || log.len() > number);
        }
        assert!(log.take().into_iter().eq(0..2));
        assert_eq!(block_on(scope.join()), Completion::Value(()));
    }
}

/// The other end may be gone before it could have been told whom to wake.
#[test]
fn an_edge_that_is_closed_before_its_first_sleep_ends() {
    // A context that spins asks nobody to wake it.
    let foreign = Foreign { leaves: true, ..Foreign::default() };
    let graph = fuse! { recv(foreign).for_each(drop) };
    let handle = Engine::on(cpu("home", crate::Wait::Park)).run(graph).unwrap();
    until("it ends", || handle.is_finished());
    assert_eq!(ended(handle).started, 0);
}
