//! A sender that completes as it is told, and a receiver that remembers.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use fusewire::completion::{Completion, Started, StopReason};
use fusewire::context::ContextId;
use fusewire::env::{Allocation, Env};
use fusewire::operation::Operation;
use fusewire::receiver::Receiver;
use fusewire::sender::Sender;
use pin_project::pin_project;

/// A real error type, so that it may be joined to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure(pub(crate) u8);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failure {}", self.0)
    }
}

impl std::error::Error for Failure {}

/// What `Failure` turns into further down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wider(pub(crate) u8);

impl fmt::Display for Wider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wider {}", self.0)
    }
}

impl std::error::Error for Wider {}

impl From<Failure> for Wider {
    fn from(failure: Failure) -> Self {
        Self(failure.0 + 100)
    }
}

pub(crate) const FILTERED: Completion<i32, Failure> = Completion::Stopped(StopReason::Filtered);
pub(crate) const ENDED: Completion<i32, Failure> = Completion::Stopped(StopReason::Ended);
pub(crate) const REQUESTED: Completion<i32, Failure> = Completion::Stopped(StopReason::Requested);
pub(crate) const PANICKED: Completion<i32, Failure> = Completion::Stopped(StopReason::Panicked);

pub(crate) fn value<V, E>(value: V) -> Completion<V, E> {
    Completion::Value(value)
}

pub(crate) fn error<V>(code: u8) -> Completion<V, Failure> {
    Completion::Error(Failure(code))
}

pub(crate) fn stopped<V, E>(reason: StopReason) -> Completion<V, E> {
    Completion::Stopped(reason)
}

/// What a sender was told by `connect`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) context: Option<ContextId>,
    pub(crate) stop_requested: bool,
    pub(crate) stop_possible: bool,
    pub(crate) allocation: Allocation,
}

impl Facts {
    pub(crate) fn of(env: &Env) -> Self {
        Self {
            context: env.context().map(|context| context.id()),
            stop_requested: env.stop().stop_requested(),
            stop_possible: env.stop().stop_possible(),
            allocation: env.allocation().clone(),
        }
    }
}

/// Completes inside `start`, with the next completion of its script; after the last as requested.
#[derive(Debug, Clone)]
pub(crate) struct Script<V = i32> {
    script: VecDeque<Completion<V, Failure>>,
    seen: Arc<Mutex<Vec<Facts>>>,
    starts: Arc<Mutex<usize>>,
}

impl<V: Clone> Script<V> {
    pub(crate) fn new(script: &[Completion<V, Failure>]) -> Self {
        Self { script: script.iter().cloned().collect(), seen: Arc::default(), starts: Arc::default() }
    }

    /// What each connect of this script, or of a clone, was told.
    pub(crate) fn seen(&self) -> Vec<Facts> {
        self.seen.lock().unwrap().clone()
    }

    /// How many passes were started of this script and its clones.
    pub(crate) fn starts(&self) -> usize {
        *self.starts.lock().unwrap()
    }

    /// How many operations and senders share this script.
    pub(crate) fn handles(&self) -> usize {
        Arc::strong_count(&self.seen)
    }
}

impl<V: Send> Sender for Script<V> {
    type Value = V;
    type Error = Failure;
    type Operation<R: Receiver<V, Failure>> = ScriptOperation<V, R>;

    fn connect<R: Receiver<V, Failure>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        self.seen.lock().unwrap().push(Facts::of(env));
        ScriptOperation { script: self, receiver }
    }
}

#[pin_project]
pub(crate) struct ScriptOperation<V, R> {
    script: Script<V>,
    #[pin]
    receiver: R,
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<V: Send, R: Receiver<V, Failure>> Operation for ScriptOperation<V, R> {
    type Value = V;
    type Error = Failure;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<V, Failure> {
        let script = self.project().script;
        *script.starts.lock().unwrap() += 1;
        Started::Inline(script.script.pop_front().unwrap_or(Completion::Stopped(StopReason::Requested)))
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}

/// Remembers what it was completed with.
#[derive(Debug)]
pub(crate) struct Record<V, E> {
    arrived: Arc<Mutex<Vec<Completion<V, E>>>>,
}

impl<V, E> Record<V, E> {
    pub(crate) fn new() -> Self {
        Self { arrived: Arc::default() }
    }

    pub(crate) fn note(&self, completion: Completion<V, E>) {
        self.arrived.lock().unwrap().push(completion);
    }

    /// Everything since the last call.
    pub(crate) fn take(&self) -> Vec<Completion<V, E>> {
        std::mem::take(&mut self.arrived.lock().unwrap())
    }
}

impl<V, E> Clone for Record<V, E> {
    fn clone(&self) -> Self {
        Self { arrived: Arc::clone(&self.arrived) }
    }
}

impl<V: Send, E: Send> Receiver<V, E> for Record<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        self.note(completion);
    }
}
