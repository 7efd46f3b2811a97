//! Shapes of graphs, plain and fused: one value to many, many sources into one, and round again. Each graph is written once and
//! run plain and fused, for one pass and to its end; then what only lanes have is looked at: who waits for whom, what is lost
//! where an edge may lose it, and how the whole ends.

#[path = "../support/counting.rs"]
mod counting;

mod broadcast;
mod cycles;
mod feedback;
mod merge;
mod shard;

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

pub(crate) const WAITS: [Wait; 2] = [Wait::Park, Wait::SpinThenYield { spins: 64 }];

pub(crate) fn cpu(name: &str, wait: Wait) -> Cpu {
    Cpu::builder().name(name).wait(wait).build().unwrap()
}

pub(crate) static A: LazyLock<Cpu> = LazyLock::new(|| cpu("a", Wait::Park));
pub(crate) static B: LazyLock<Cpu> = LazyLock::new(|| cpu("b", Wait::Park));
static HOME: LazyLock<Engine> = LazyLock::new(|| Engine::on(cpu("home", Wait::Park)));

/// An error of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong(pub(crate) u64);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is wrong", self.0)
    }
}

impl std::error::Error for Wrong {}

/// What has come somewhere, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u64>>>);

impl Log {
    pub(crate) fn note(&self, value: u64) {
        self.0.lock().unwrap().push(value);
    }

    pub(crate) fn take(&self) -> Vec<u64> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// Takes what came first.
    pub(crate) fn first(&self) -> Option<u64> {
        let mut log = self.0.lock().unwrap();
        if log.is_empty() { None } else { Some(log.remove(0)) }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn until(what: &str, so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        std::thread::yield_now();
    }
}

/// How a graph ended that ran to its end.
pub(crate) fn run<S>(graph: S) -> String
where
    S: Sender<Value: Send, Error: fmt::Display + Send + 'static> + Send + 'static,
{
    match HOME.run(graph).unwrap().join() {
        Ok(report) => format!("{} passes of {} to the end", report.completed, report.started),
        Err(error) => format!("error: {error}"),
    }
}

/// What stands in for `fuse!` where a chain is to be plain.
macro_rules! plain {
    ($($chain:tt)*) => { { $($chain)* } };
}
pub(crate) use plain;
