//! Runs a graph plain and fused, for one pass and to its end, and compares what can be seen of it.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex};

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use crate::{plain, random, text};

/// The error of every stage that fails.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wrong(pub(crate) u64);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is wrong", self.0)
    }
}

impl std::error::Error for Wrong {}

pub(crate) fn fails(x: u64, m: u64) -> Result<u64, Wrong> {
    if x % m == m - 1 { Err(Wrong(x)) } else { Ok(x) }
}

pub(crate) fn later(x: u64) -> impl Sender<Value = u64, Error = Never> + Send + 'static {
    just(x).map(|x| x + 100)
}

/// A graph that cannot be looked into, and filters.
pub(crate) fn evens() -> impl Sender<Value = u64, Error = Never> + Send + 'static {
    from_iter(0..90u64).filter(|x| x % 2 == 0)
}

fn cpu(name: &str) -> Cpu {
    Cpu::builder().name(name).wait(Wait::Park).build().unwrap()
}

pub(crate) static A: LazyLock<Cpu> = LazyLock::new(|| cpu("a"));
pub(crate) static B: LazyLock<Cpu> = LazyLock::new(|| cpu("b"));
pub(crate) static C: LazyLock<Cpu> = LazyLock::new(|| cpu("c"));
static HOME: LazyLock<Engine> = LazyLock::new(|| Engine::on(cpu("home")));

/// What came out of a graph, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u64>>>);

impl Log {
    pub(crate) fn see(&self, value: u64) -> u64 {
        self.0.lock().unwrap().push(value);
        value
    }
}

/// How a graph ended, and what came out of it before.
#[derive(Debug, PartialEq)]
pub(crate) struct Run {
    outcome: Result<(u64, u64), String>,
    values: Vec<u64>,
}

pub(crate) fn once<S>(graph: impl FnOnce(Log) -> S) -> String
where
    S: Sender<Value: fmt::Debug + Send, Error: fmt::Debug + Send>,
{
    format!("{:?}", block_on(graph(Log::default())))
}

pub(crate) fn run<S>(graph: impl FnOnce(Log) -> S) -> Run
where
    S: Sender<Value: Send, Error: fmt::Display + Send + 'static> + Send + 'static,
{
    let log = Log::default();
    let outcome = match HOME.run(graph(log.clone())).unwrap().join() {
        Ok(report) => Ok((report.started, report.completed)),
        Err(error) => Err(error.to_string()),
    };
    Run { outcome, values: std::mem::take(&mut *log.0.lock().unwrap()) }
}

/// A fused graph, both ways that it can be run.
#[derive(Clone, Copy)]
pub(crate) struct Fused {
    pub(crate) once: fn() -> String,
    pub(crate) run: fn() -> Run,
}

impl Fused {
    /// Compares it to the plain graph of `seed`.
    pub(crate) fn check(self, seed: u64) {
        let graph = random::graph(seed);
        let plain = |log: Log| plain::chain(&graph).map(move |value| log.see(value));
        let of = format!("seed {seed}, plain on the left, fused on the right:\n{}\n", text::one(&graph));
        assert_eq!(once(plain), (self.once)(), "one pass of {of}");
        let plain = run(plain);
        for _ in 0..3 {
            let fused = (self.run)();
            assert_eq!(plain.outcome, fused.outcome, "{of}");
            if plain.outcome.is_ok() {
                assert_eq!(plain.values, fused.values, "{of}");
            } else {
                // An error gives up what is still on its way.
                assert!(plain.values.starts_with(&fused.values), "{of}{plain:?}\n{fused:?}");
            }
        }
    }
}

/// `{ chain }` gives a [`Fused`] for each.
macro_rules! graphs {
    ($({ $($chain:tt)* })*) => {
        pub(crate) const ALL: &[crate::harness::Fused] = &[$({
            fn fused(log: crate::harness::Log) -> impl Sender<Value = u64, Error: std::fmt::Debug + std::fmt::Display + Send + 'static> + Send + 'static {
                fuse! { $($chain)*.map(move |value| log.see(value)) }
            }
            crate::harness::Fused {
                once: || crate::harness::once(fused),
                run: || crate::harness::run(fused),
            }
        }),*];
    };
}
pub(crate) use graphs;
