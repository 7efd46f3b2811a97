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
use fusewire::sources::FeedbackFull;
use fusewire::stop::StopSource;
use fusewire::task::Task;
use fusewire::wait::Wait;

use crate::random::{Chain, Op, Source, Wrap};
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

impl From<FeedbackFull> for Wrong {
    fn from(_: FeedbackFull) -> Self {
        Self(u64::MAX)
    }
}

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

/// Leaves the last two bits as they are.
#[stage(kernel)]
pub(crate) fn steady(x: u64) -> u64 {
    (x & 0xffff_ffff) + 400
}

/// One time fewer to go round.
pub(crate) fn step(x: u64) -> u64 {
    (x / 4 * 3 + 5) % 50_000 * 4 + (x % 4).saturating_sub(1)
}

pub(crate) fn turned(x: &u64) -> bool {
    x.is_multiple_of(4)
}

pub(crate) fn third(x: &u64) -> u64 {
    x / 4 % 3
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

/// What came out of a graph, in order, at each of its ends; and what is asked of the graph when so many values have at the first.
#[derive(Clone, Default)]
pub(crate) struct Log {
    values: Arc<Mutex<[Vec<u64>; 4]>>,
    arm: usize,
    stop: Option<(usize, Stop)>,
    stopper: Arc<OnceLock<Stopper>>,
}

impl Log {
    /// One for each arm, of which the first is asked for the stop.
    pub(crate) fn of_arms<const N: usize>(&self) -> [Self; N] {
        std::array::from_fn(|arm| Self { arm, ..self.clone() })
    }

    fn take(&self) -> [Vec<u64>; 4] {
        std::mem::take(&mut *self.values.lock().unwrap())
    }

    pub(crate) fn see(&self, value: u64) -> u64 {
        let seen = {
            let values = &mut self.values.lock().unwrap()[self.arm];
            values.push(value);
            values.len()
        };
        if self.arm == 0
            && let Some((at, how)) = self.stop
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
    values: [Vec<u64>; 4],
    /// What its edges dropped, by their counters.
    dropped: u64,
}

/// What one pass completes with, and one that was asked to stop before it began; and what came of them.
pub(crate) fn once<E: fmt::Debug + Send + 'static>(graph: impl Fn(Log) -> Task<u64, E>) -> [String; 2] {
    let (stop, logs) = (StopSource::new(), [Log::default(), Log::default()]);
    let whole = block_on(graph(logs[0].clone()));
    stop.request_stop();
    let stopped = block_on(graph(logs[1].clone()).with_stop(stop.token()));
    [format!("{whole:?}, {:?}", logs[0].take()), format!("{stopped:?}, {:?}", logs[1].take())]
}

pub(crate) fn run<S>(graph: impl FnOnce(Log) -> S, stop: Option<(usize, Stop)>) -> Run
where
    S: Sender<Value: Send, Error: fmt::Display + Send + 'static> + Send + 'static,
{
    let log = Log { stop, ..Log::default() };
    let handle = HOME.run(graph(log.clone())).unwrap();
    let _first = log.stopper.set(handle.stopper());
    // Not `join`, which takes the handle that the counters are asked of.
    while !handle.wait_for(LIMIT) {}
    let dropped =
        handle.inspect().edges.iter().filter_map(|edge| Some(edge.counters.as_ref()?.dropped)).sum();
    let outcome = match handle.join() {
        Ok(report) => Ok((report.started, report.completed)),
        Err(error) => Err(error.to_string()),
    };
    Run { outcome, values: log.take(), dropped }
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
        let plain = |log: Log| plain::logged(&graph, log);
        let of = format!("seed {seed}, plain on the left, fused on the right:\n{}\n", text::one(&graph));
        // Where values come to several ends a pass has none itself; the logs have them.
        let plain_once =
            if random::is_loose(seed) { once(|log| plain(log).map(|_| 0).into_task()) } else { once(plain) };
        let fused_once = (self.once)();
        // A merge that was asked to stop before it began does not begin if it is plain; fused it takes what is there, as one source does.
        let alike = if matches!(graph.source, Source::Merged(..) | Source::Fed(..)) { 1 } else { 2 };
        assert_eq!(plain_once[..alike], fused_once[..alike], "one pass, and one that is stopped, of {of}");
        let whole = run(plain, None);
        for _ in 0..3 {
            let fused = (self.run)(None);
            // After an error as well: what was ahead of the stage that failed goes on to the end.
            let differs = whole.differs(&fused, &graph);
            assert!(differs.is_none(), "{}: {of}{whole:?}\n{fused:?}", differs.unwrap_or_default());
        }
        let at = whole.values[0].len() / 2;
        if at == 0 {
            return;
        }
        for how in [Stop::Abandon, Stop::Drain] {
            for (form, stopped) in
                [("plain", run(plain, Some((at, how)))), ("fused", (self.run)(Some((at, how))))]
            {
                let differs = whole.was_not(&stopped, &graph, at, how);
                assert!(
                    differs.is_none(),
                    "{}: {form}, stopped by {how:?} at value {at}: {of}{whole:?}\n{stopped:?}",
                    differs.unwrap_or_default()
                );
            }
        }
    }
}

impl Run {
    /// What differs in another run to the end.
    fn differs(&self, other: &Self, graph: &Chain) -> Option<&'static str> {
        let comes = graph.comes();
        let loses = comes.iter().any(|come| !come.all);
        let counts = |run: &Self| run.outcome.clone().map(|(started, _)| started);
        let missing: usize =
            self.values.iter().zip(&other.values).map(|(all, came)| all.len().abs_diff(came.len())).sum();
        if counts(self) != counts(other) {
            return Some("another outcome");
        }
        // Each pass whose value was lost has not completed, but in a broadcast, where it has once the edge was given it.
        if self.outcome != other.outcome && !(loses && comes.len() == 1) {
            return Some("another number of passes completed");
        }
        if comes.len() == 1 && other.outcome.as_ref().is_ok_and(|of| of.1 != other.values[0].len() as u64) {
            return Some("passes completed and did not come");
        }
        if loses && missing as u64 != other.dropped {
            return Some("what is missing is not what was dropped");
        }
        comes
            .iter()
            .zip(self.values.iter().zip(&other.values))
            .find_map(|(come, (all, came))| come.differs(all, came))
    }

    /// What is not as it must be in a run that was stopped behind value `at`.
    fn was_not(&self, stopped: &Self, graph: &Chain, at: usize, how: Stop) -> Option<&'static str> {
        let comes = graph.comes();
        match &stopped.outcome {
            Ok((_, completed)) if comes.len() == 1 && *completed != stopped.values[0].len() as u64 => {
                return Some("passes completed and did not come");
            }
            Err(_) if stopped.outcome != self.outcome => return Some("another error"),
            _ => {}
        }
        // A drain hands on a batch that is not full; and some make a value of a stop.
        let adds = graph.any(|op| matches!(op, Op::Batch(_))) && how == Stop::Drain || graph.any(mends_stops);
        for (log, come) in comes.iter().enumerate() {
            let (all, mut came) = (&self.values[log], stopped.values[log].as_slice());
            if adds && !(log == 0 && come.is_whole()) {
                continue;
            }
            if adds {
                came = &came[..at.min(came.len())];
            }
            if log == 0 && come.all && came.len() < at {
                return Some("it ended before it was stopped");
            }
            if !come.begins(all, came) {
                return Some("what came is not of what comes");
            }
        }
        None
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
pub(crate) fn check(graphs: &'static [Fused], number: usize, rest: u64) {
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
#[allow(unused_macros, reason = "one program has loose graphs alone")]
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
#[allow(unused_imports, reason = "one program has loose graphs alone")]
pub(crate) use graphs;

/// `|log| { .. }`, which says by itself what comes to which log, gives a [`Fused`] for each.
#[allow(unused_macros, reason = "of one program alone")]
macro_rules! loose {
    ($(|$log:ident| { $($body:tt)* })*) => {
        pub(crate) const ALL: &[crate::harness::Fused] = &[$({
            fn fused($log: crate::harness::Log) -> impl Sender<Value: Send, Error: std::fmt::Debug + std::fmt::Display + Send + 'static> + Send + 'static {
                $($body)*
            }
            crate::harness::Fused {
                once: || crate::harness::once(|log| fused(log).map(|_| 0u64).into_task()),
                run: |stop| crate::harness::run(fused, stop),
            }
        }),*];
    };
}
#[allow(unused_imports, reason = "of one program alone")]
pub(crate) use loose;
