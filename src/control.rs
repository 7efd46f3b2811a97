//! What the lanes of one running graph share: its mode, its first error, its counts.

mod asking;
mod question;
mod quiet;
mod sampling;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

pub(crate) use asking::{Asking, Standing};
pub(crate) use quiet::{Quiet, Quieting};
pub(crate) use sampling::{Sample, Sampling};

use question::Question;

use crate::context::{ContextId, ContextRef, current};
use crate::device::DeviceError;
use crate::lane::{Abandoned, PanicReport};
use crate::primitive::{AtomicU8, Ordering};
use crate::stop::StopSource;

/// What a running graph was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// Take passes back to back.
    Running = 0,
    /// Take no more from the source; finish what is inside.
    Draining = 1,
    /// Finish the pass in hand and give up everything else.
    Abandoning = 2,
}

/// How [`Handle::stop`](crate::engine::Handle::stop) ends a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The source is asked no more; what is in the edges is still worked off.
    Drain,
    /// What is in the edges is dropped, and counted as dropped.
    Abandon,
}

/// Why a graph ended early.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunError {
    /// A stage, or the source, completed with an error that no stage handled.
    Failed {
        /// The error, as its `Display` says it.
        message: String,
        /// The error itself; see [`RunError::downcast_ref`].
        error: Box<dyn Any + Send>,
    },
    /// A stage panicked. The graph stopped; others run on.
    Panicked(PanicReport),
    /// A context ended while it hosted a lane of this graph.
    ContextEnded,
    /// An edge gave a value back: it was full and its policy is [`Fail`](crate::edge::Overflow), or it has broken.
    Edge(Box<EdgeRefused>),
    /// The device of a lane was lost, and the hop to it had no [`or_on`](crate::on::On::or_on).
    Device(DeviceError),
}

impl RunError {
    /// A [`RunError::Failed`] that carries `error`.
    pub fn failed<E: fmt::Display + Send + 'static>(error: E) -> Self {
        Self::Failed { message: error.to_string(), error: Box::new(error) }
    }

    /// The stage's own error, if it is an `E`.
    pub fn downcast_ref<E: 'static>(&self) -> Option<&E> {
        match self {
            Self::Failed { error, .. } => error.downcast_ref(),
            _ => None,
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { message, .. } => write!(f, "a stage failed: {message}"),
            Self::Panicked(PanicReport { stage, file, line, message, chain }) => {
                let stage = stage.as_deref().unwrap_or("a stage");
                write!(f, "{stage} panicked at {file}:{line}: {message}")?;
                if f.alternate() {
                    chain.iter().try_for_each(|frame| write!(f, "\n  {frame}"))?;
                }
                Ok(())
            }
            Self::Edge(refused) => refused.fmt(f),
            Self::ContextEnded => f.write_str("a context ended while it ran a lane of this graph"),
            Self::Device(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

/// The edge that gave a value back; see [`RunError::Edge`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EdgeRefused {
    /// The hop, as it was written, and the stage before it.
    pub stage: String,
    /// The name of the context that the edge leads to.
    pub to: String,
    /// The kind of edge, in a word.
    pub kind: String,
    /// What it does when it is full, in a word.
    pub policy: String,
    /// How many values it holds.
    pub capacity: usize,
}

impl fmt::Display for EdgeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stage, to, kind, policy, capacity } = self;
        write!(f, "the edge to `{to}` behind {stage} took no more: ")?;
        if policy == "fail" {
            write!(
                f,
                "it is full with {capacity} values and its policy is to fail; give it more capacity, or another policy"
            )
        } else {
            write!(
                f,
                "it is of kind {kind} with policy {policy}, and gave a value back that it had said there is room for"
            )
        }
    }
}

/// What a graph did, once it has ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Passes begun: one for each value that the source gave, and one for each batch that was not
    /// full at the end. A pass that found another source ended, one that was joined, does not count.
    ///
    /// Where the graph was stopped or failed, a fused graph may have begun more passes than the same
    /// graph unfused: its first lane is ahead of the others.
    pub started: u64,
    /// Passes that completed with a value.
    pub completed: u64,
    /// From launch to the end of the last lane.
    pub elapsed: Duration,
}

/// What one lane adds to the [`Report`] when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LaneCounts {
    /// Passes begun here, less those of other lanes that were begun for nothing: the sum over the
    /// lanes of a graph wraps.
    pub started: u64,
    /// Passes completed here; zero in a lane without the graph's end.
    pub completed: u64,
}

/// The numbers of the last questions that a lane has answered; zero if none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Answered {
    /// Where it stands.
    pub(crate) standing: u64,
    /// How long it takes for a value.
    pub(crate) sample: u64,
}

/// The state that the lanes of one graph share with its handle.
#[derive(Debug)]
pub struct Control {
    // INVARIANT: holds a `Mode`, and only grows.
    mode: AtomicU8,
    shared: Mutex<Shared>,
    ended: Condvar,
    sampling: Sampling,
    asking: Asking,
    quieting: Quieting,
}

#[derive(Debug)]
struct Shared {
    // Where lanes were placed; asked for attention when the mode changes.
    contexts: Vec<ContextRef>,
    lanes: usize,
    error: Option<RunError>,
    report: Report,
    // Where lanes have ended, for `dump`.
    ended_on: Vec<ContextId>,
    began: Instant,
    // Woken when the last lane has ended.
    waker: Option<Waker>,
    // Stop what is under way inside of lanes; asked when the graph is abandoned.
    inside: Vec<StopSource>,
    // Stop what begins passes inside of lanes; asked as soon as the graph drains.
    beginning: Vec<StopSource>,
}

impl Control {
    /// The state of a graph without lanes, running.
    pub fn new() -> Arc<Self> {
        let shared = Shared {
            contexts: Vec::new(),
            lanes: 0,
            error: None,
            report: Report::default(),
            ended_on: Vec::new(),
            began: Instant::now(),
            waker: None,
            inside: Vec::new(),
            beginning: Vec::new(),
        };
        Arc::new(Self {
            mode: AtomicU8::new(Mode::Running as u8),
            shared: Mutex::new(shared),
            ended: Condvar::new(),
            sampling: Sampling::new(),
            asking: Asking::new(),
            quieting: Quieting::new(),
        })
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the graph was asked to do. One acquire load.
    pub fn mode(&self) -> Mode {
        // ORDERING: acquire pairs with the release of `ask`.
        match self.mode.load(Ordering::Acquire) {
            0 => Mode::Running,
            1 => Mode::Draining,
            _ => Mode::Abandoning,
        }
    }

    /// Asks every lane to stop.
    pub fn stop(&self, how: Stop) {
        self.ask(match how {
            Stop::Drain => Mode::Draining,
            Stop::Abandon => Mode::Abandoning,
        });
    }

    fn ask(&self, mode: Mode) {
        // ORDERING: release pairs with the acquire of `mode`.
        self.mode.fetch_max(mode as u8, Ordering::Release);
        self.stop_inside(mode);
        for context in self.contexts() {
            context.wake();
        }
    }

    /// Asks here and now what is to stop inside of lanes: a pass may go on for long on its lane's thread, which
    /// does not look at the mode meanwhile.
    fn stop_inside(&self, mode: Mode) {
        let shared = self.shared();
        let mut stops = shared.beginning.clone();
        if mode == Mode::Abandoning {
            stops.extend_from_slice(&shared.inside);
        }
        drop(shared);
        for stop in stops {
            stop.request_stop();
        }
    }

    /// Has `stop` asked when the graph is abandoned.
    pub(crate) fn stops(&self, stop: &StopSource) {
        self.shared().inside.push(stop.clone());
    }

    /// Has `stop` asked when the graph drains or is abandoned.
    pub(crate) fn stops_beginning(&self, stop: &StopSource) {
        self.shared().beginning.push(stop.clone());
    }

    /// Records the graph's first error and asks every lane to end: by draining what is ahead of a
    /// stage that failed, else by giving up.
    pub fn fail(&self, error: RunError) {
        // What is ahead of a stage that failed goes on, as it would had the graph been plain; what
        // a panic or the end of a context left behind may not.
        let drains = matches!(error, RunError::Failed { .. } | RunError::Device(_));
        let mode = if drains { Mode::Draining } else { Mode::Abandoning };
        let mut shared = self.shared();
        let late = if shared.error.is_none() { shared.error.replace(error) } else { Some(error) };
        drop(shared);
        // The user's, whose drop may ask this graph something.
        drop(late);
        self.ask(mode);
    }

    /// Records why a context gave up a lane, and that the lane has ended.
    pub fn abandoned(&self, why: Abandoned, counts: LaneCounts) {
        self.given_up(why);
        self.lane_ended(counts);
    }

    /// Records why a context gave up a lane, which ends soon.
    pub(crate) fn given_up(&self, why: Abandoned) {
        match why {
            Abandoned::Panicked(report) => self.fail(RunError::Panicked(report)),
            Abandoned::ContextEnded => self.fail(RunError::ContextEnded),
        }
    }

    /// Counts a lane that is about to be attached to `context`.
    pub fn lane_placed(&self, context: &ContextRef) {
        let mut shared = self.shared();
        shared.lanes += 1;
        shared.contexts.push(context.clone());
    }

    /// Counts a lane out. Each lane calls this exactly once; once all have, more calls do nothing.
    pub fn lane_ended(&self, counts: LaneCounts) {
        self.count_out(counts, Answered::default());
    }

    /// As [`lane_ended`](Self::lane_ended), of a lane that has `answered` questions.
    pub(crate) fn count_out(&self, counts: LaneCounts, answered: Answered) {
        let mut shared = self.shared();
        if shared.lanes == 0 {
            return;
        }
        shared.lanes -= 1;
        // Under the lock, as is asking: a lane is waited for if it is counted.
        self.asking.ended(answered.standing);
        self.sampling.ended(answered.sample);
        shared.ended_on.extend(current().map(|context| context.id()));
        shared.report.started = shared.report.started.wrapping_add(counts.started);
        shared.report.completed = shared.report.completed.wrapping_add(counts.completed);
        if shared.lanes == 0 {
            shared.report.elapsed = shared.began.elapsed();
            let held = (std::mem::take(&mut shared.contexts), std::mem::take(&mut shared.inside));
            shared.beginning.clear();
            self.ended.notify_all();
            let waker = shared.waker.take();
            drop(shared);
            // A context may end with its last handle.
            drop(held);
            if let Some(waker) = waker {
                waker.wake();
            }
            return;
        }
        drop(shared);
        // Whoever waits for the answers of all lanes waits for one less.
        self.quieting.wake();
    }

    /// Whether every lane has ended; if not, `waker` is woken when the last one does. Only the last waker counts.
    pub(crate) fn poll_ended(&self, waker: &Waker) -> bool {
        // Cloned outside of the lock: it is the executor's code.
        let waker = waker.clone();
        let mut shared = self.shared();
        if shared.lanes == 0 {
            return true;
        }
        let before = shared.waker.replace(waker);
        drop(shared);
        drop(before);
        false
    }

    /// Where the lanes were placed, while any of them runs; once for each lane.
    pub fn contexts(&self) -> Vec<ContextRef> {
        self.shared().contexts.clone()
    }

    /// The question of how long lanes take for a value, which each answers.
    pub(crate) const fn sampling(&self) -> &Sampling {
        &self.sampling
    }

    /// The question where a lane stands, which each answers.
    pub(crate) const fn asking(&self) -> &Asking {
        &self.asking
    }

    /// The question whether a lane has something to do, which each answers.
    pub(crate) const fn quieting(&self) -> &Quieting {
        &self.quieting
    }

    /// Asks, for a lane on `here`, whether anything is under way.
    pub(crate) fn quiet(this: &Arc<Self>, here: &ContextRef) -> Quiet {
        Quiet::new(Arc::clone(this), here.clone())
    }

    /// How many lanes have not ended. One that ends takes back its [answer](Quieting::take_back) before it is counted out.
    pub(crate) fn lanes(&self) -> usize {
        self.shared().lanes
    }

    /// Where the lanes say that they stand, those that answer within `limit`. Not waited for is one that has ended.
    pub(crate) fn standings(&self, limit: Duration) -> Vec<Standing> {
        self.ask_all(&self.asking, limit)
    }

    fn ask_all<A: Clone>(&self, question: &Question<A>, limit: Duration) -> Vec<A> {
        let shared = self.shared();
        question.ask(shared.lanes);
        let contexts = shared.contexts.clone();
        drop(shared);
        for context in contexts {
            context.wake();
        }
        question.wait(limit)
    }

    /// The first error, with its chain of stages, until it was handed out.
    pub(crate) fn error_text(&self) -> Option<String> {
        self.shared().error.as_ref().map(|error| format!("{error:#}"))
    }

    /// Where lanes have ended.
    pub(crate) fn ended_on(&self) -> Vec<ContextId> {
        self.shared().ended_on.clone()
    }

    /// What the lanes say of how long they take for a value, those that answer within `limit`. Not waited for is one that has ended.
    pub(crate) fn sample(&self, limit: Duration) -> Vec<Sample> {
        self.ask_all(&self.sampling, limit)
    }

    /// Whether every lane has ended.
    pub fn has_ended(&self) -> bool {
        self.shared().lanes == 0
    }

    /// Blocks until every lane has ended, for at most `limit` if there is one; whether they have.
    pub fn wait(&self, limit: Option<Duration>) -> bool {
        let shared = self.shared();
        let running = |shared: &mut Shared| shared.lanes != 0;
        match limit {
            None => {
                drop(self.ended.wait_while(shared, running).unwrap_or_else(PoisonError::into_inner));
                true
            }
            Some(limit) => {
                let waited = self.ended.wait_timeout_while(shared, limit, running);
                !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
            }
        }
    }

    /// The outcome, once every lane has ended. The error is handed out once.
    ///
    /// # Errors
    ///
    /// The first error of any lane.
    pub fn outcome(&self) -> Result<Report, RunError> {
        let mut shared = self.shared();
        match shared.error.take() {
            Some(error) => Err(error),
            None => {
                // Arms in lanes of their own may each find that a pass ends the graph which has completed where they begin.
                let Report { started, completed, .. } = shared.report;
                let started = u64::try_from(started.cast_signed()).unwrap_or(0).max(completed);
                Ok(Report { started, ..shared.report })
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
