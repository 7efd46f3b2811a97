//! Drives sources and sending stages on io contexts without the rest of the crate.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::fmt::Debug;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender as Channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fusewire::completion::{Completion, Started, StopReason};
use fusewire::context::io::Io;
use fusewire::context::{ContextRef, Scheduler};
use fusewire::env::Env;
use fusewire::lane::{Abandoned, Lane, Turn};
use fusewire::operation::Operation;
use fusewire::receiver::Receiver;
use fusewire::sender::Sender;
use fusewire::source::{Source, Taken};
use fusewire::wait::Wait;

/// No test waits longer for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Runs `test` on io contexts that are busy and on some that park.
pub(crate) fn on_both(test: impl Fn(&Io)) {
    for wait in [Wait::Spin, Wait::spin_then_yield(), Wait::Park, Wait::spin_then_park()] {
        eprintln!("on an io context that waits by {}", wait.name());
        let io = Io::builder().wait(wait).build().expect("an io context");
        test(&io);
    }
}

/// What a source answered, made `Send`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer<T> {
    Value(T),
    Ended,
    Error(String),
}

impl<T: Debug> Answer<T> {
    #[track_caller]
    pub(crate) fn value(self) -> T {
        match self {
            Self::Value(value) => value,
            other => panic!("expected a value, got {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn error(self) -> String {
        match self {
            Self::Error(error) => error,
            other => panic!("expected an error, got {other:?}"),
        }
    }
}

/// A lane that asks a source until it ends or nobody listens, as fused code would.
struct ReadLane<S, F, T> {
    source: S,
    view: F,
    answers: Channel<Answer<T>>,
}

impl<S, F, T> Lane for ReadLane<S, F, T>
where
    S: Source<Error: Debug + std::fmt::Display> + Send,
    F: FnMut(S::Value) -> T + Send,
    T: Send,
{
    fn turn(&mut self) -> Turn {
        let answer = match self.source.take() {
            Taken::Value(value) => Answer::Value((self.view)(value)),
            Taken::Empty => return Turn::Idle,
            Taken::Ended => {
                let _ = self.answers.send(Answer::Ended);
                return Turn::Done;
            }
            Taken::Error(error) => Answer::Error(error.to_string()),
        };
        if self.answers.send(answer).is_err() { Turn::Done } else { Turn::Busy }
    }

    fn deadline(&self) -> Option<Instant> {
        self.source.deadline()
    }

    fn abandon(&mut self, _: Abandoned) {}
}

/// What a lane answered so far.
pub(crate) struct Answers<T>(mpsc::Receiver<Answer<T>>);

impl<T: Debug> Answers<T> {
    #[track_caller]
    pub(crate) fn next(&self) -> Answer<T> {
        self.0.recv_timeout(PATIENCE).expect("an answer in time")
    }

    /// The next answer, if one comes within `time`.
    pub(crate) fn within(&self, time: Duration) -> Option<Answer<T>> {
        self.0.recv_timeout(time).ok()
    }

    #[track_caller]
    pub(crate) fn take(&self, count: usize) -> Vec<T> {
        (0..count).map(|_| self.next().value()).collect()
    }
}

/// Attaches a lane that reads `source` to `context`; `view` makes its values `Send`, on the lane.
pub(crate) fn read_on<S, F, T>(context: &ContextRef, source: S, view: F) -> Answers<T>
where
    S: Source<Error: Debug + std::fmt::Display> + Send + 'static,
    F: FnMut(S::Value) -> T + Send + 'static,
    T: Send + 'static,
{
    let (answers, receiver) = mpsc::channel();
    context.attach(Box::new(ReadLane { source, view, answers }));
    Answers(receiver)
}

/// As `read_on`, on the io context.
pub(crate) fn reading<S, F, T>(io: &Io, source: S, view: F) -> Answers<T>
where
    S: Source<Error: Debug + std::fmt::Display> + Send + 'static,
    F: FnMut(S::Value) -> T + Send + 'static,
    T: Send + 'static,
{
    read_on(io.context(), source, view)
}

/// A receiver that makes its completion `Send` and hands it over.
pub(crate) struct Tell<F, T> {
    view: F,
    told: Arc<Told<T>>,
    // The operation may be dropped while the call of `complete` still returns.
    _pinned: PhantomPinned,
}

struct Told<T> {
    completion: Mutex<Option<T>>,
    there: AtomicBool,
    thread: std::thread::Thread,
}

impl<V, E, F: FnMut(Completion<V, E>) -> T + Send, T: Send> Receiver<V, E> for Tell<F, T> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        // SAFETY: nothing is moved out of the receiver.
        let this = unsafe { self.get_unchecked_mut() };
        let answer = (this.view)(completion);
        let told = Arc::clone(&this.told);
        *told.completion.lock().unwrap() = Some(answer);
        told.there.store(true, Ordering::Release);
        told.thread.unpark();
    }
}

/// Connects `sender`, starts it on this thread and blocks until it has completed. `view` makes the
/// completion `Send`, where it completes.
pub(crate) fn run_once<S: Sender, T: Send>(
    sender: S,
    env: &Env,
    view: impl FnMut(Completion<S::Value, S::Error>) -> T + Send,
) -> T {
    let told = Arc::new(Told {
        completion: Mutex::new(None),
        there: AtomicBool::new(false),
        thread: std::thread::current(),
    });
    let mut operation =
        Box::pin(sender.connect(Tell { view, told: Arc::clone(&told), _pinned: PhantomPinned }, env));
    // SAFETY: no pass is under way; the operation is next touched when its receiver was called, and
    // leaked if that does not happen in time.
    match unsafe { operation.as_mut().start() } {
        Started::Inline(completion) => (operation.as_mut().receiver().view_mut())(completion),
        Started::Later => {
            let began = Instant::now();
            while !told.there.load(Ordering::Acquire) {
                std::thread::park_timeout(Duration::from_millis(100));
                if began.elapsed() > PATIENCE {
                    std::mem::forget(operation);
                    panic!("the operation did not complete in time");
                }
            }
            told.completion.lock().unwrap().take().unwrap()
        }
    }
}

impl<F, T> Tell<F, T> {
    fn view_mut(self: Pin<&mut Self>) -> &mut F {
        // SAFETY: nothing is moved out of the receiver.
        unsafe { &mut self.get_unchecked_mut().view }
    }
}

/// Runs a closure as a lane: turn after turn until it says `Done`.
pub(crate) fn run_lane(io: &Io, turn: impl FnMut() -> Turn + Send + 'static) {
    struct Closure<F>(F);
    impl<F: FnMut() -> Turn + Send> Lane for Closure<F> {
        fn turn(&mut self) -> Turn {
            (self.0)()
        }
        fn abandon(&mut self, _: Abandoned) {}
    }
    io.context().attach(Box::new(Closure(turn)));
}

/// What became of one pass of `Pass`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome<V> {
    Value(V),
    Error(String),
    Stopped(StopReason),
}

/// Starts senders one after the other in the same place, without allocating, as `and` does.
pub(crate) struct Pass<S: Sender> {
    operation: Pin<Box<Option<S::Operation<Keep<S::Value, S::Error>>>>>,
    kept: Arc<Mutex<Option<Completion<S::Value, S::Error>>>>,
    under_way: bool,
    env: Env,
}

// SAFETY: the tests use a pass on one lane; what it completes with stays there.
unsafe impl<S: Sender> Send for Pass<S> {}

pub(crate) struct Keep<V, E>(Arc<Mutex<Option<Completion<V, E>>>>);

// SAFETY: as for `Pass`.
unsafe impl<V, E> Send for Keep<V, E> {}

impl<V, E> Receiver<V, E> for Keep<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        *self.0.lock().unwrap() = Some(completion);
    }
}

impl<S: Sender> Pass<S> {
    pub(crate) fn new(env: &Env) -> Self {
        Self { operation: Box::pin(None), kept: Arc::default(), under_way: false, env: env.clone() }
    }

    pub(crate) fn under_way(&self) -> bool {
        self.under_way
    }

    /// Begins a pass; its completion if it has one at once.
    pub(crate) fn start(&mut self, sender: S) -> Option<Completion<S::Value, S::Error>> {
        assert!(!self.under_way);
        let operation = sender.connect(Keep(Arc::clone(&self.kept)), &self.env);
        self.operation.set(Some(operation));
        // SAFETY: no pass is under way, as asserted; the operation is next touched by a `start`, which
        // asserts it again.
        match unsafe { self.operation.as_mut().as_pin_mut().unwrap().start() } {
            Started::Inline(completion) => Some(completion),
            Started::Later => {
                self.under_way = true;
                None
            }
        }
    }

    /// The completion of the pass under way, once it is there.
    pub(crate) fn poll(&mut self) -> Option<Completion<S::Value, S::Error>> {
        let completion = self.kept.lock().unwrap().take()?;
        self.under_way = false;
        Some(completion)
    }
}

pub(crate) fn outcome<V, E: std::fmt::Display>(completion: Completion<V, E>) -> Outcome<V> {
    match completion {
        Completion::Value(value) => Outcome::Value(value),
        Completion::Error(error) => Outcome::Error(error.to_string()),
        Completion::Stopped(reason) => Outcome::Stopped(reason),
    }
}
