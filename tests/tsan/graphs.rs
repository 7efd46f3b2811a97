//! Graphs on real contexts: lanes of arms, and the ways that contexts wait, wake and end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::control::Stop;
use fusewire::edge::edge;
use fusewire::engine::Engine;
use fusewire::graph::Graph;
use fusewire::prelude::*;
use fusewire::wait::Wait;

/// Values through each graph.
const VALUES: u64 = 500;

/// What comes out of a graph: how much, and whether each value is the next.
#[derive(Clone, Default)]
struct Next(Arc<(AtomicU64, AtomicU64)>);

impl Next {
    fn see(&self) -> impl FnMut(u64) + Send + 'static {
        let Self(next) = self.clone();
        // ORDERING: relaxed, the handle of the graph is joined before they are read.
        move |value| {
            let expected = next.0.fetch_add(1, Ordering::Relaxed);
            next.1.fetch_add(u64::from(value != expected), Ordering::Relaxed);
        }
    }

    fn check(&self, name: &str) {
        let Self(next) = self;
        // ORDERING: relaxed, as above.
        let (seen, wrong) = (next.0.load(Ordering::Relaxed), next.1.load(Ordering::Relaxed));
        assert_eq!((seen, wrong), (VALUES, 0), "{name}: seen, and wrong");
    }
}

fn cpu(name: &str, wait: Wait) -> Cpu {
    Cpu::builder().name(name).wait(wait).build().expect("a context")
}

fn run(home: Cpu, graph: impl Graph, next: &Next, name: &str) {
    Engine::on(home).run(graph).expect("it is launched").join().expect("it ends well");
    next.check(name);
}

pub(crate) fn graphs() {
    for wait in [Wait::Spin, Wait::spin_then_yield(), Wait::spin_then_park(), Wait::Park] {
        println!("contexts that wait by {}", wait.name());
        hops(wait);
        forks(wait);
        routes(wait);
        joins(wait);
        ends(wait);
    }
}

/// There and back, so that two contexts that spin have a core each where there are two.
fn hops(wait: Wait) {
    let (home, there, next) = (cpu("home", wait), cpu("there", wait), Next::default());
    let (to, back, see) = (there.clone(), home.clone(), next.see());
    let graph = fuse! {
        from_iter(0..VALUES)
            .then(on(to).capacity(8))
            .map(|n| [n; 9])
            .then(on(back).capacity(4))
            .and(move |n: [u64; 9]| just(n[8]).then(on(there.clone())))
            .for_each(see)
    };
    run(home, graph, &next, "hops");
}

fn forks(wait: Wait) {
    let (home, a, b, next) = (cpu("home", wait), cpu("a", wait), cpu("b", wait), Next::default());
    let see = next.see();
    let graph = fuse! {
        from_iter(0..VALUES)
            .fork(
                |n| just(n).then(on(a).capacity(8)).map(|n| n * 2),
                |n| just(n).then(on(b).capacity(2)).map(|n| Box::new(n + 1)),
            )
            .map(|(twice, more): (u64, Box<u64>)| { assert_eq!(twice / 2 + 1, *more); *more - 1 })
            .for_each(see)
    };
    run(home, graph, &next, "fork");
}

fn routes(wait: Wait) {
    let (home, a, b, next) = (cpu("home", wait), cpu("a", wait), cpu("b", wait), Next::default());
    let see = next.see();
    let graph = fuse! {
        from_iter(0..VALUES)
            .route(
                |n| n % 3 == 0,
                |n| just(n).then(on(a).capacity(4)).map(|n| n + 7).then(on(b)).map(|n| n - 7),
                |n| just(n),
            )
            .for_each(see)
    };
    run(home, graph, &next, "route");
}

fn joins(wait: Wait) {
    let (home, a, next) = (cpu("home", wait), cpu("a", wait), Next::default());
    let see = next.see();
    let graph = fuse! {
        from_iter(0..VALUES)
            .then(on(a).capacity(4))
            .join(from_iter(0..VALUES).map(|n| n * 3))
            .map(|(n, thrice)| { assert_eq!(n * 3, thrice); n })
            .for_each(see)
    };
    run(home, graph, &next, "join");
}

/// Stopped from outside while values are under way, dropped, panicking; fed from another thread.
fn ends(wait: Wait) {
    for stop in [Stop::Drain, Stop::Abandon] {
        let (home, there) = (cpu("home", wait), cpu("there", wait));
        let graph = fuse! {
            from_iter(0_u64..).map(Box::new).then(on(there).capacity(8)).for_each(|n: Box<u64>| drop(n))
        };
        let handle = Engine::on(home).run(graph).expect("it is launched");
        std::thread::sleep(Duration::from_millis(2));
        drop(handle.inspect());
        handle.stop(stop);
        let report = handle.join().expect("a stop is no error");
        assert!(stop == Stop::Abandon || report.started == report.completed, "{report:?}");
    }
    let (home, there) = (cpu("home", wait), cpu("there", wait));
    let graph = fuse! { from_iter(0_u64..).then(on(there)).map(explode).for_each(drop) };
    Engine::on(home).run(graph).expect("it is launched").join().expect_err("a stage panics");

    let (home, to, next) = (cpu("home", wait), cpu("there", wait), Next::default());
    let (mut sender, receiver) = edge::<u64>(8).expect("an edge");
    let see = next.see();
    let graph = fuse! {
        recv(receiver).then(on(to).capacity(2)).for_each(see)
    };
    let handle = Engine::on(home).run(graph).expect("it is launched");
    for n in 0..VALUES {
        while !matches!(sender.push(n), fusewire::edge::Pushed::Ok) {
            std::thread::yield_now();
        }
        sender.wake();
    }
    drop(sender);
    handle.join().expect("it ends well");
    next.check("an edge from outside");
}

fn explode(n: u64) -> u64 {
    assert!(n < 40, "planted in the graph");
    n
}
