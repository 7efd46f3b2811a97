//! Runs a graph plain and fused, for one pass, to its end, and until it is stopped, and compares what can be seen of it.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::control::Stop;
use fusewire::device::reference::Reference;
use fusewire::engine::{Engine, Stopper};
use fusewire::prelude::*;
use fusewire::stop::StopSource;
use fusewire::task::Task;
use fusewire::wait::Wait;

use crate::random::{Op, Source, Wrap};
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

#[stage(kernel)]
pub(crate) fn mixed(x: u64) -> u64 {
    x.wrapping_mul(0x9e37_79b9) ^ (x >> 3)
}

#[stage(kernel)]
pub(crate) fn small(x: u64) -> u64 {
    x % 10_007
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
pub(crate) static DEVICE: LazyLock<Reference> =
    LazyLock::new(|| Reference::builder().rows(4).within(Duration::from_micros(20)).build().unwrap());
static HOME: LazyLock<Engine> = LazyLock::new(|| Engine::on(cpu("home")));

/// What came out of a graph, in order; and what is asked of the graph when so many values have.
#[derive(Clone, Default)]
pub(crate) struct Log {
    values: Arc<Mutex<Vec<u64>>>,
    stop: Option<(usize, Stop)>,
    stopper: Arc<OnceLock<Stopper>>,
}

impl Log {
    pub(crate) fn see(&self, value: u64) -> u64 {
        let seen = {
            let mut values = self.values.lock().unwrap();
            values.push(value);
            values.len()
        };
        if let Some((at, how)) = self.stop
            && at == seen
        {
            self.stopper.wait().stop(how);
        }
        value
    }
}

/// How a graph ended, and what came out of it before.
#[derive(Debug, PartialEq)]
pub(crate) struct Run {
    outcome: Result<(u64, u64), String>,
    values: Vec<u64>,
}

/// What one pass completes with, and one that was asked to stop before it began.
pub(crate) fn once<E: fmt::Debug + Send + 'static>(graph: impl Fn(Log) -> Task<u64, E>) -> [String; 2] {
    let stop = StopSource::new();
    let whole = block_on(graph(Log::default()));
    stop.request_stop();
    let stopped = block_on(graph(Log::default()).with_stop(stop.token()));
    [format!("{whole:?}"), format!("{stopped:?}")]
}

pub(crate) fn run<S>(graph: impl FnOnce(Log) -> S, stop: Option<(usize, Stop)>) -> Run
where
    S: Sender<Value: Send, Error: fmt::Display + Send + 'static> + Send + 'static,
{
    let log = Log { stop, ..Log::default() };
    let handle = HOME.run(graph(log.clone())).unwrap();
    let _first = log.stopper.set(handle.stopper());
    let outcome = match handle.join() {
        Ok(report) => Ok((report.started, report.completed)),
        Err(error) => Err(error.to_string()),
    };
    Run { outcome, values: std::mem::take(&mut *log.values.lock().unwrap()) }
}

/// A fused graph, both ways that it can be run.
#[derive(Clone, Copy)]
pub(crate) struct Fused {
    pub(crate) once: fn() -> [String; 2],
    pub(crate) run: fn(Option<(usize, Stop)>) -> Run,
}

impl Fused {
    /// Compares it to the plain graph of `seed`.
    pub(crate) fn check(self, seed: u64) {
        let graph = random::graph(seed);
        let plain = |log: Log| plain::chain(&graph).map(move |value| log.see(value));
        let of = format!("seed {seed}, plain on the left, fused on the right:\n{}\n", text::one(&graph));
        let (plain_once, fused_once) = (once(|log| plain(log).into_task()), (self.once)());
        // A merge that was asked to stop before it began does not begin if it is plain; fused it takes what is there, as one source does.
        let alike = if matches!(graph.source, Source::Merged(..)) { 1 } else { 2 };
        assert_eq!(plain_once[..alike], fused_once[..alike], "one pass, and one that is stopped, of {of}");
        let whole = run(plain, None);
        for _ in 0..3 {
            let fused = (self.run)(None);
            // After an error as well: what was ahead of the stage that failed goes on to the end.
            assert_eq!(whole, fused, "{of}");
        }
        let at = whole.values.len() / 2;
        if at == 0 {
            return;
        }
        // A drain hands on a batch that is not full.
        let gathers = graph.any(|op| matches!(op, Op::Batch(_)));
        for how in [Stop::Abandon, Stop::Drain] {
            for (form, stopped) in
                [("plain", run(plain, Some((at, how)))), ("fused", (self.run)(Some((at, how))))]
            {
                let said = format!("{form}, stopped by {how:?} at value {at}: {of}{whole:?}\n{stopped:?}");
                let mut values = stopped.values.as_slice();
                if gathers && how == Stop::Drain || graph.any(mends_stops) {
                    values = &values[..at.min(values.len())];
                }
                assert!(whole.values.starts_with(values) && values.len() >= at, "{said}");
                match &stopped.outcome {
                    Ok((_, completed)) => assert_eq!(*completed, stopped.values.len() as u64, "{said}"),
                    failed => assert_eq!(*failed, whole.outcome, "{said}"),
                }
            }
        }
    }
}

/// Whether an operation makes something of a pass that was asked to stop.
fn mends_stops(op: &Op) -> bool {
    matches!(op, Op::Wrap(Wrap::OrStopped | Wrap::UponStopped | Wrap::StoppedAsNone))
}

/// How long the comparisons of one graph may take, which take milliseconds: only one that waits for ever takes so long.
const LIMIT: Duration = Duration::from_secs(120);

/// Checks those graphs of file number `number` whose seeds leave `rest` when divided by two.
///
/// # Panics
///
/// When some differ, with their seeds; and when one has not ended within [`LIMIT`], with its seed, its text and where it stands.
pub(crate) fn check(graphs: &'static [Fused], number: u64, rest: u64) {
    let seeds = random::seeds(number);
    assert_eq!(graphs.len() as u64, seeds.end - seeds.start);
    let seeds: Vec<_> = seeds.zip(graphs).filter(|(seed, _)| seed % 2 == rest).collect();
    let (tell, told) = mpsc::channel();
    let each = seeds.clone();
    // A thread that waits for ever is left behind: it ends with the program.
    let _checks = thread::spawn(move || {
        for (seed, fused) in each {
            let _heard = tell.send(std::panic::catch_unwind(|| fused.check(seed)).is_err());
        }
    });
    let mut differing = Vec::new();
    for (seed, _) in seeds {
        match told.recv_timeout(LIMIT) {
            Ok(false) => {}
            Ok(true) => differing.push(seed),
            Err(_) => {
                let graph = text::one(&random::graph(seed));
                let stands: Vec<_> = HOME.dump().iter().map(ToString::to_string).collect();
                panic!("seed {seed} has not ended after {LIMIT:?}:\n{graph}\n\n{}", stands.join("\n"));
            }
        }
    }
    assert!(differing.is_empty(), "plain is not fused for the seeds {differing:?}");
}

/// `{ chain }` gives a [`Fused`] for each.
macro_rules! graphs {
    ($({ $($chain:tt)* })*) => {
        pub(crate) const ALL: &[crate::harness::Fused] = &[$({
            fn fused(log: crate::harness::Log) -> impl Sender<Value = u64, Error: std::fmt::Debug + std::fmt::Display + Send + 'static> + Send + 'static {
                fuse! { $($chain)*.map(move |value| log.see(value)) }
            }
            crate::harness::Fused {
                // A machine behind a `Task`, so that what runs it is compiled once for all.
                once: || crate::harness::once(|log| fused(log).into_task()),
                run: |stop| crate::harness::run(fused, stop),
            }
        }),*];
    };
}
pub(crate) use graphs;
