//! The rungs that every wait climbs: with a value, stopped, before the start, later, without a context, after the
//! end of one.

use std::fmt::Debug;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex as StdMutex};

use fusewire::completion::{Completion, Started, StopReason};
use fusewire::context::Scheduler;
use fusewire::context::manual::Manual;
use fusewire::env::{Allocation, Env};
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::receiver::Receiver;
use fusewire::stop::StopSource;

/// Keeps the completions that reach it.
pub(crate) struct Record<V, E>(Arc<StdMutex<Vec<Completion<V, E>>>>);

impl<V, E> Clone for Record<V, E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<V, E> Record<V, E> {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    fn note(&self, completion: Completion<V, E>) {
        self.0.lock().unwrap().push(completion);
    }

    pub(crate) fn take(&self) -> Vec<Completion<V, E>> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl<V: Send, E: Send> Receiver<V, E> for Record<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        self.note(completion);
    }
}

/// Starts an operation that this thread sees through before it drops it.
pub(crate) fn start<O: Operation>(operation: Pin<&mut O>) -> Started<O::Value, O::Error> {
    // SAFETY: the tests start an idle operation, and drop it once it has completed; one that fails in between is
    // leaked with its frame by `abort`, below.
    unsafe { operation.start() }
}

/// Ends the process rather than drop an operation that is under way.
pub(crate) struct UnderWay;

impl Drop for UnderWay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("a test failed while an operation was under way");
            std::process::abort();
        }
    }
}

pub(crate) const STOPPED: StopReason = StopReason::Requested;

fn on(manual: &Manual) -> Env {
    Env::new().with_context(manual.context().clone())
}

/// Climbs all rungs. `world` makes a primitive on which `wait` has to wait until `grant`.
pub(crate) fn climb<S, W, G>(world: impl Fn() -> (W, G), expected: &Completion<S::Value, S::Error>)
where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
    W: Fn() -> S,
    G: FnOnce(),
{
    let _under_way = UnderWay;
    completes_inline(world(), expected);
    completes_later(world(), expected);
    is_stopped(world(), expected);
    hears_of_an_early_stop(world(), expected);
    keeps_what_it_was_granted(world(), expected);
    needs_a_context(world());
    may_be_dropped(world(), expected);
}

/// The last rung, for what a pass gets from a primitive: what is granted to one whose context has ended goes to
/// the next.
pub(crate) fn outlives_its_context<S, W, G>((wait, grant): (W, G), expected: &Completion<S::Value, S::Error>)
where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
    W: Fn() -> S,
    G: FnOnce(),
{
    let _under_way = UnderWay;
    let (gone, manual) = (Manual::new(), Manual::new());
    let (record, next) = (Record::new(), Record::new());
    let mut operation = pin!(wait().connect(record.clone(), &on(&gone)));
    assert!(matches!(start(operation.as_mut()), Started::Later));
    gone.end();
    assert_eq!(record.take(), [], "it waits for the grant, or a stop");
    grant();
    assert_eq!(record.take(), [Completion::Stopped(STOPPED)]);
    let mut operation = pin!(wait().connect(next.clone(), &on(&manual)));
    match start(operation.as_mut()) {
        Started::Inline(completion) => assert_eq!(completion, *expected),
        Started::Later => panic!("what was granted is lost"),
    }
    assert_eq!(next.take(), []);
}

fn completes_inline<S>(
    (wait, grant): (impl Fn() -> S, impl FnOnce()),
    expected: &Completion<S::Value, S::Error>,
) where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    grant();
    let record = Record::new();
    let mut operation = pin!(wait().connect(record.clone(), &Env::new()));
    match start(operation.as_mut()) {
        Started::Inline(completion) => assert_eq!(completion, *expected),
        Started::Later => panic!("there was nothing to wait for"),
    }
    assert_eq!(record.take(), [], "an inline completion must not reach the receiver");
}

fn completes_later<S>(
    (wait, grant): (impl Fn() -> S, impl FnOnce()),
    expected: &Completion<S::Value, S::Error>,
) where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    let manual = Manual::new();
    let record = Record::new();
    let env = on(&manual).with_allocation(Allocation::Forbidden);
    let mut operation = pin!(wait().connect(record.clone(), &env));
    assert!(matches!(start(operation.as_mut()), Started::Later));
    assert_eq!(manual.run_until_idle(), 0, "a wait costs its context no turn");
    grant();
    assert_eq!(record.take(), [], "nothing completes inside of the grant");
    manual.run_until_idle();
    let arrived = record.take();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0], *expected);
}

/// The wait leaves the queue, and what it waited for is there for the next.
fn is_stopped<S>((wait, grant): (impl Fn() -> S, impl FnOnce()), expected: &Completion<S::Value, S::Error>)
where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    let manual = Manual::new();
    let stop = StopSource::new();
    let record = Record::new();
    {
        let mut operation = pin!(wait().connect(record.clone(), &on(&manual).with_stop(stop.token())));
        assert!(matches!(start(operation.as_mut()), Started::Later));
        stop.request_stop();
        assert_eq!(record.take(), [], "it completes on its context");
        manual.run_until_idle();
        assert_eq!(record.take(), [Completion::Stopped(STOPPED)]);
    }
    completes_inline((wait, grant), expected);
}

fn hears_of_an_early_stop<S>(
    (wait, grant): (impl Fn() -> S, impl FnOnce()),
    expected: &Completion<S::Value, S::Error>,
) where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    let manual = Manual::new();
    let stop = StopSource::new();
    stop.request_stop();
    let env = on(&manual).with_stop(stop.token());
    let record = Record::new();
    {
        let mut operation = pin!(wait().connect(record.clone(), &env));
        match start(operation.as_mut()) {
            Started::Inline(completion) => assert_eq!(completion, Completion::Stopped(STOPPED)),
            Started::Later => panic!("it must not wait"),
        }
    }
    grant();
    let mut operation = pin!(wait().connect(record.clone(), &env));
    match start(operation.as_mut()) {
        Started::Inline(completion) => {
            assert_eq!(completion, *expected, "what is there is given all the same")
        }
        Started::Later => panic!("there was nothing to wait for"),
    }
    assert_eq!(record.take(), []);
}

/// A stop that comes after the grant is too late.
fn keeps_what_it_was_granted<S>(
    (wait, grant): (impl Fn() -> S, impl FnOnce()),
    expected: &Completion<S::Value, S::Error>,
) where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    let manual = Manual::new();
    let stop = StopSource::new();
    let record = Record::new();
    let mut operation = pin!(wait().connect(record.clone(), &on(&manual).with_stop(stop.token())));
    assert!(matches!(start(operation.as_mut()), Started::Later));
    grant();
    stop.request_stop();
    manual.run_until_idle();
    let arrived = record.take();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0], *expected);
}

fn needs_a_context<S>((wait, grant): (impl Fn() -> S, impl FnOnce()))
where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    let record = Record::new();
    let mut operation = pin!(wait().connect(record.clone(), &Env::new()));
    match start(operation.as_mut()) {
        Started::Inline(completion) => assert_eq!(completion, Completion::Stopped(STOPPED)),
        Started::Later => panic!("nobody could run it"),
    }
    grant();
    assert_eq!(record.take(), []);
}

fn may_be_dropped<S>(
    (wait, grant): (impl Fn() -> S, impl FnOnce()),
    expected: &Completion<S::Value, S::Error>,
) where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    drop(wait());
    drop(wait().connect(Record::new(), &Env::new()));
    completes_inline((wait, grant), expected);
}

/// A pass that was started, and what it has completed with.
pub(crate) struct Pass<S: Sender<Value: Send, Error: Send>> {
    record: Record<S::Value, S::Error>,
    _operation: Pin<Box<S::Operation<Record<S::Value, S::Error>>>>,
}

impl<S: Sender<Value: Send, Error: Send>> Pass<S> {
    /// Starts one with these facts. What completes inline is recorded, too.
    pub(crate) fn with(sender: S, env: &Env) -> Self {
        let record = Record::new();
        let mut operation = Box::pin(sender.connect(record.clone(), env));
        if let Started::Inline(completion) = start(operation.as_mut()) {
            record.note(completion);
        }
        Self { record, _operation: operation }
    }

    /// Starts one on `manual`.
    pub(crate) fn on(manual: &Manual, sender: S) -> Self {
        Self::with(sender, &on(manual))
    }

    /// What it has completed with, once.
    pub(crate) fn done(&self) -> Option<Completion<S::Value, S::Error>> {
        let mut arrived = self.record.take();
        assert!(arrived.len() < 2, "a pass completes once");
        arrived.pop()
    }

    /// The value it has made.
    pub(crate) fn value(&self) -> Option<S::Value> {
        self.done().and_then(Completion::value)
    }
}
