//! A result that is awaited elsewhere: the operation completes, who awaits it comes, is stopped or forgets, and the scope stops, all
//! at once. The value is dropped once, and the memory goes with its last owner, who has seen what the others did.

use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Mutex as Unwatched;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use pin_project::pin_project;

use super::{SpawnFuture, spawn_future};
use crate::alloc::{AllocError, Allocation, Global, Policy, Request};
use crate::completion::{Completion, Never, Started, StopReason};
use crate::env::Env;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::scope::Scope;
use crate::sender::Sender;
use crate::stop::StopSource;

/// Completes the pass that was started, on whichever thread calls it.
type Completes = Box<dyn FnOnce() + Send>;

/// A sender that another thread completes.
struct Elsewhere {
    place: std::sync::Arc<Unwatched<Option<Completes>>>,
    value: Arc<AtomicUsize>,
}

/// Counts its drops.
#[derive(Debug)]
struct Value(Arc<AtomicUsize>);

impl Drop for Value {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Sender for Elsewhere {
    type Value = Value;
    type Error = Never;
    type Operation<R: Receiver<Value, Never>> = ElsewhereOperation<R>;

    fn connect<R: Receiver<Value, Never>>(self, receiver: R, _: &Env) -> ElsewhereOperation<R> {
        ElsewhereOperation { sender: self, receiver }
    }
}

#[pin_project]
struct ElsewhereOperation<R> {
    sender: Elsewhere,
    #[pin]
    receiver: R,
}

/// A pointer to a receiver that is pinned until it was called.
struct Waiting<R>(NonNull<R>);

// SAFETY: a receiver may be called on any thread, and only the one with this calls it.
unsafe impl<R: Send> Send for Waiting<R> {}

impl<R: Receiver<Value, Never>> Waiting<R> {
    fn complete(mut self, value: Value) {
        // SAFETY: it stays where it is until it was called.
        let receiver = unsafe { self.0.as_mut() };
        // SAFETY: as above.
        let receiver = unsafe { Pin::new_unchecked(receiver) };
        // SAFETY: `start` returns `Later` and leaves this behind, which is used up here.
        unsafe { receiver.complete(Completion::Value(value)) };
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<R: Receiver<Value, Never>> Operation for ElsewhereOperation<R> {
    type Value = Value;
    type Error = Never;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<Value, Never> {
        let this = self.project();
        // SAFETY: nothing is moved through the pointer.
        let waiting = Waiting(NonNull::from(unsafe { this.receiver.get_unchecked_mut() }));
        let value = Value(Arc::clone(&this.sender.value));
        let completes: Box<dyn FnOnce() + Send + '_> = Box::new(move || waiting.complete(value));
        // SAFETY: the operation, and with it the receiver, stays until the receiver was called.
        let completes = unsafe { std::mem::transmute::<Box<dyn FnOnce() + Send + '_>, Completes>(completes) };
        *this.sender.place.lock().unwrap() = Some(completes);
        Started::Later
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}

/// Memory that must be given back.
#[derive(Debug, Default)]
struct Counting {
    out: std::sync::atomic::AtomicIsize,
}

// SAFETY: the memory is the global allocator's.
unsafe impl Policy for Counting {
    fn allocate(&self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        self.out.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Global.allocate(request)
    }

    unsafe fn release(&self, memory: NonNull<u8>, request: &Request) {
        self.out.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
        // SAFETY: passed on to the caller.
        unsafe { Global.release(memory, request) }
    }
}

/// Notes what it was completed with.
struct Note(Arc<Unwatched<Vec<&'static str>>>);

impl Receiver<Value, Never> for Note {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<Value, Never>) {
        self.0.lock().unwrap().push(named(&completion));
    }
}

fn named(completion: &Completion<Value, Never>) -> &'static str {
    match completion {
        Completion::Value(_) => "value",
        Completion::Stopped(StopReason::Requested) => "stopped",
        other => panic!("{other:?}"),
    }
}

/// An operation that is under way.
struct Begun {
    policy: std::sync::Arc<Counting>,
    scope: Scope,
    future: SpawnFuture<Value, Never>,
    completes: Completes,
    drops: Arc<AtomicUsize>,
}

impl Begun {
    fn new() -> Self {
        let policy = std::sync::Arc::new(Counting::default());
        let scope = Scope::builder().allocation(Allocation::from(policy.clone())).build();
        let (place, drops) = (std::sync::Arc::default(), Arc::new(AtomicUsize::new(0)));
        let sender = Elsewhere { place: std::sync::Arc::clone(&place), value: drops.clone() };
        let future = spawn_future(&scope, sender).unwrap();
        let completes = place.lock().unwrap().take().expect("it was started");
        Self { policy, scope, future, completes, drops }
    }
}

/// Everything has gone, once.
fn gone(policy: &Counting, scope: &Scope, drops: &AtomicUsize) {
    assert_eq!(scope.associations(), 0);
    assert_eq!(drops.load(Ordering::Relaxed), 1, "the value is dropped once");
    assert_eq!(policy.out.load(std::sync::atomic::Ordering::SeqCst), 0, "the memory was given back once");
}

/// Checks every order of events, with at most three switches that no thread asked for; all of `outcomes` must come up.
fn model<const N: usize>(
    outcomes: [&'static str; N],
    check: impl Fn() -> &'static str + Sync + Send + 'static,
) {
    let seen = std::sync::Arc::new(Unwatched::new(std::collections::BTreeSet::new()));
    let noted = seen.clone();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || {
        let outcome = check();
        noted.lock().unwrap().insert(outcome);
    });
    assert_eq!(*seen.lock().unwrap(), outcomes.into());
}

#[test]
fn a_completion_meets_who_awaits_it_and_a_stop() {
    model(["value", "stopped"], || {
        let Begun { policy, scope, future, completes, drops } = Begun::new();
        let (stop, noted) = (StopSource::new(), Arc::new(Unwatched::new(Vec::new())));
        let env = Env::new().with_stop(stop.token());
        let mut operation = Box::pin(future.connect(Note(noted.clone()), &env));
        let completing = thread::spawn(completes);
        let stopping = thread::spawn(move || stop.request_stop());
        // SAFETY: no pass is under way; all who may complete it are awaited before the drop.
        let started = unsafe { operation.as_mut().start() };
        if let Started::Inline(completion) = started {
            noted.lock().unwrap().push(named(&completion));
        }
        completing.join().unwrap();
        stopping.join().unwrap();
        let noted = std::mem::take(&mut *noted.lock().unwrap());
        assert_eq!(noted.len(), 1, "the pass completes once: {noted:?}");
        drop(operation);
        gone(&policy, &scope, &drops);
        noted[0]
    });
}

#[test]
fn a_completion_meets_who_forgets_it() {
    model(["over", "under way"], || {
        let Begun { policy, scope, future, completes, drops } = Begun::new();
        let completing = thread::spawn(completes);
        let outcome = if future.is_over() { "over" } else { "under way" };
        drop(future);
        completing.join().unwrap();
        gone(&policy, &scope, &drops);
        outcome
    });
}

#[test]
fn a_completion_meets_the_stop_of_its_scope_and_who_forgets_it() {
    model(["over", "under way"], || {
        let Begun { policy, scope, future, completes, drops } = Begun::new();
        let completing = thread::spawn(completes);
        let token = scope.token();
        let stopping = thread::spawn(move || drop((token.stop(), token)));
        let outcome = if future.is_over() { "over" } else { "under way" };
        drop(future);
        completing.join().unwrap();
        stopping.join().unwrap();
        gone(&policy, &scope, &drops);
        outcome
    });
}
