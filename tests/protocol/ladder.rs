//! The rungs that every adaptor climbs.

use std::fmt::Debug;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};

use fusewire::alloc::{Allocation, Bounded, Global};
use fusewire::completion::{Completion, Started, StopReason};
use fusewire::context::Scheduler;
use fusewire::context::manual::Manual;
use fusewire::env::Env;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::stop::StopSource;

use crate::script::{Facts, Failure, Record, Script};

/// Checks one adaptor: `build` puts it behind a sender, twice, because the sender's type differs
/// between the rungs. `script` is what that sender completes with, `expected` what is to come out;
/// it may be shorter than the script if the adaptor takes several passes for one.
macro_rules! check {
    ($build:expr, $script:expr => $expected:expr $(,)?) => {{
        let script = crate::script::Script::new(&$script);
        let expected = $expected;
        let inline = || ($build)(script.clone());
        crate::ladder::inline(inline, &expected);
        crate::ladder::facts_reach(inline, &script);
        crate::ladder::dropped_unstarted(inline, &script);
        let manual = fusewire::context::manual::Manual::new();
        let later = || {
            ($build)(fusewire::adaptors::SenderExt::then(script.clone(), fusewire::on::on(manual.clone())))
        };
        crate::ladder::later(later, &manual, &expected);
        crate::ladder::dropped_unstarted(later, &script);
    }};
}
pub(crate) use check;

/// Starts a pass. A fused graph goes on with a panic of a sender that it cannot look into as if that were in its start; so whoever
/// waits for it is told of the pass's.
///
/// # Safety
///
/// As for [`Operation::start`].
pub(crate) unsafe fn started<O: Operation>(operation: Pin<&mut O>) -> Started<O::Value, O::Error> {
    // SAFETY: passed on to the caller; when `start` unwinds nothing is under way.
    let started = std::panic::catch_unwind(AssertUnwindSafe(|| unsafe { operation.start() }));
    started.unwrap_or(Started::Inline(Completion::Stopped(StopReason::Panicked)))
}

/// One pass that must complete inside `start`.
pub(crate) fn pass_inline<O>(mut operation: Pin<&mut O>) -> Completion<O::Value, O::Error>
where
    O: Operation,
{
    // SAFETY: no pass is under way, and one that is not inline fails the test and ends the process
    // before the operation could be dropped.
    match unsafe { started(operation.as_mut()) } {
        Started::Inline(completion) => completion,
        Started::Later => {
            eprintln!("a pass completed later that should have completed inside `start`");
            std::process::abort()
        }
    }
}

/// Every pass completes inside `start`, and the receiver is never called.
pub(crate) fn inline<S>(build: impl Fn() -> S, expected: &[Completion<S::Value, S::Error>])
where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    let record = Record::new();
    let mut operation = pin!(build().connect(record.clone(), &Env::new()));
    for (pass, expected) in expected.iter().enumerate() {
        assert_eq!(pass_inline(operation.as_mut()), *expected, "pass {pass}, inline");
    }
    assert_eq!(record.take(), [], "an inline completion must not reach the receiver");
}

/// Every pass hops to `manual` and completes there, exactly once.
pub(crate) fn later<S>(build: impl Fn() -> S, manual: &Manual, expected: &[Completion<S::Value, S::Error>])
where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    later_from(&Env::new(), build, manual, expected);
}

/// As [`later`], of a fused graph, which waits for a sender that it cannot look into on the context that it was started on: that of
/// `manual` as well.
pub(crate) fn later_at_home<S>(
    build: impl Fn() -> S,
    manual: &Manual,
    expected: &[Completion<S::Value, S::Error>],
) where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    later_from(&Env::new().with_context(manual.context().clone()), build, manual, expected);
}

fn later_from<S>(
    env: &Env,
    build: impl Fn() -> S,
    manual: &Manual,
    expected: &[Completion<S::Value, S::Error>],
) where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    let record = Record::new();
    let mut operation = pin!(build().connect(record.clone(), env));
    for (pass, expected) in expected.iter().enumerate() {
        // SAFETY: no pass is under way; the turns below see each one through.
        let begun = unsafe { started(operation.as_mut()) };
        let completion = match begun {
            Started::Inline(completion) => {
                let panicked = matches!(completion, Completion::Stopped(StopReason::Panicked));
                assert!(
                    panicked,
                    "pass {pass} must hop, as every pass does but one that has panicked: {completion:?}"
                );
                completion
            }
            Started::Later => {
                assert_eq!(record.take(), [], "pass {pass} must not complete before its context's turn");
                manual.run_until_idle();
                let mut arrived = record.take();
                assert_eq!(arrived.len(), 1, "pass {pass} must complete exactly once: {arrived:?}");
                arrived.remove(0)
            }
        };
        assert_eq!(completion, *expected, "pass {pass}, later");
    }
    abandoned(env, build, manual);
}

/// A context that has ended takes no task: the pass completes as stopped, or as the adaptor makes
/// of that, exactly once.
fn abandoned<S>(env: &Env, build: impl Fn() -> S, manual: &Manual)
where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    manual.end();
    let record = Record::new();
    let mut operation = pin!(build().connect(record.clone(), env));
    for pass in 0..2 {
        // SAFETY: no pass is under way; the context has ended, and sees it through at once.
        let begun = unsafe { started(operation.as_mut()) };
        if let Started::Inline(completion) = begun {
            record.note(completion);
        }
        let arrived = record.take();
        assert_eq!(arrived.len(), 1, "abandoned pass {pass} must complete exactly once: {arrived:?}");
    }
}

/// The sender before sees the context, the stop token and the allocation policy that were given.
pub(crate) fn facts_reach<S: Sender<Value: Send, Error: Send>>(build: impl Fn() -> S, script: &Script) {
    let manual = Manual::new();
    let stop = StopSource::new();
    stop.request_stop();
    let env = Env::new()
        .with_context(manual.context().clone())
        .with_stop(stop.token())
        .with_allocation(Allocation::new(Bounded::new(Global)));
    let before = script.seen().len();
    let operation = build().connect(Record::new(), &env);
    let seen = script.seen();
    assert_eq!(seen.len(), before + 1, "connect must connect the sender before exactly once");
    assert_eq!(seen[before], Facts::of(&env));
    drop(operation);
}

/// As [`facts_reach`], for a fused graph, which may connect the sender before with its first pass.
pub(crate) fn facts_reach_by_the_start<S: Sender<Value: Debug + Send, Error: Debug + Send>>(
    build: impl Fn() -> S,
    script: &Script,
) {
    let (manual, stop) = (Manual::new(), StopSource::new());
    let env = Env::new()
        .with_context(manual.context().clone())
        .with_stop(stop.token())
        .with_allocation(Allocation::new(Bounded::new(Global)));
    let before = script.seen().len();
    let mut operation = Box::pin(build().connect(Record::new(), &env));
    pass_inline(operation.as_mut());
    let seen = script.seen();
    assert_eq!(seen.len(), before + 1, "a pass must connect the sender before exactly once");
    assert_eq!(seen[before], Facts::of(&env));
}

/// A sender, and an operation that was never started, let go of everything.
pub(crate) fn dropped_unstarted<S: Sender<Value: Send, Error: Send>>(build: impl Fn() -> S, script: &Script) {
    let handles = script.handles();
    let starts = script.starts();
    drop(build());
    assert_eq!(script.handles(), handles, "a dropped sender must not leak");
    drop(build().connect(Record::new(), &Env::new()));
    assert_eq!(script.handles(), handles, "a dropped operation must not leak");
    assert_eq!(script.starts(), starts, "nothing may start before `start`");
}

/// Says by its bounds what a sender completes with.
pub(crate) fn completes<V, E, S: Sender<Value = V, Error = E>>(sender: S) -> S {
    sender
}

pub(crate) type Input = Completion<i32, Failure>;

/// A pass that is asked to stop while it is under way elsewhere completes exactly once, whatever with, and may then be dropped.
pub(crate) fn stopped_while_running<S>(build: impl Fn() -> S, manual: &Manual)
where
    S: Sender<Value: Debug + PartialEq + Send, Error: Debug + PartialEq + Send>,
{
    for turns_before in [0, 1] {
        let (record, stop) = (Record::new(), StopSource::new());
        let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
        let mut operation = Box::pin(build().connect(record.clone(), &env));
        // SAFETY: no pass is under way; the turns below see it through before the drop.
        if let Started::Inline(completion) = unsafe { started(operation.as_mut()) } {
            record.note(completion);
        }
        for _ in 0..turns_before {
            manual.turn();
        }
        stop.request_stop();
        manual.run_until_idle();
        let arrived = record.take();
        assert_eq!(arrived.len(), 1, "a pass that was asked to stop must complete exactly once: {arrived:?}");
        drop(operation);
        manual.run_until_idle();
        assert_eq!(record.take(), [], "nothing may come after the completion");
    }
}
