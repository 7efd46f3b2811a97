//! `join`: two senders, both values.

use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

use pin_project::pin_project;

use crate::completion::{Completion, JoinError, Started, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// *Joins* two senders: the pass has both values.
///
/// **Completes** with the pair once both have completed; inside `start` if both do. The arms start
/// in order. An arm that completes inside `start` without a value ends the pass there: the arms
/// after it are not started. What is under way is always awaited. The first arm, in order, that has
/// no value decides how the pass completes, and the errors of both are [joined](JoinError).
/// **Runs on**, afterwards, the context where the last arm completed.
/// **Costs** no allocation, and no lock unless an arm completes later.
///
/// C++26: `when_all`. futures: `join`, `try_join`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let both = join(just(6), just(7)).map(|(a, b)| a * b);
/// assert_eq!(block_on(both), Completion::Value(42));
/// ```
#[inline]
pub const fn join<A, B>(first: A, second: B) -> Join<A, B> {
    Join { first, second }
}

/// The sender of [`join`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Join<A, B> {
    first: A,
    second: B,
}

impl<A, B> Sender for Join<A, B>
where
    A: Sender<Value: Send, Error: Send>,
    B: Sender<Value: Send, Error: Send>,
    A::Error: JoinError<B::Error>,
{
    type Value = (A::Value, B::Value);
    type Error = <A::Error as JoinError<B::Error>>::Joined;
    type Operation<R: Receiver<Self::Value, Self::Error>> = JoinOperation<A, B, R>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        JoinOperation {
            first: self.first.connect(FirstArm::new(), env),
            second: self.second.connect(SecondArm::new(), env),
            shared: Shared { arrived: Mutex::new(Arrived::NONE), next: receiver, _pinned: PhantomPinned },
        }
    }
}

/// How the two arms complete together.
fn both<A, EA, B, EB>(first: Completion<A, EA>, second: Completion<B, EB>) -> Completion<(A, B), EA::Joined>
where
    EA: JoinError<EB>,
{
    use Completion::{Error, Stopped, Value};
    match (first, second) {
        (Value(a), Value(b)) => Value((a, b)),
        (Stopped(StopReason::Panicked), _) | (_, Stopped(StopReason::Panicked)) => {
            Stopped(StopReason::Panicked)
        }
        (Error(error), _) => Error(error.earlier()),
        (Stopped(reason), _) | (Value(_), Stopped(reason)) => Stopped(reason),
        (Value(_), Error(error)) => Error(EA::later(error)),
    }
}

/// The operation of [`join`].
///
/// ```text
///          1                    2
///   idle ─────▶ one to come ─────────▶ idle
///     │ 1           ▲ 3                 ▲
///     ├─────▶ two to come               │
///     └─────────────────────────────────┘
///                    4
///
///   1  start: one arm, or both, will complete later
///   2  go_on: the last completion is stored; whoever stored it goes on, be it `start` itself
///   3  go_on: the other one is still to come
///   4  start: both arms completed inside, or one ended the pass
/// ```
#[pin_project]
pub struct JoinOperation<A, B, R>
where
    A: Sender<Value: Send, Error: Send + JoinError<B::Error>>,
    B: Sender<Value: Send, Error: Send>,
    R: Receiver<(A::Value, B::Value), <A::Error as JoinError<B::Error>>::Joined>,
{
    #[pin]
    first: A::Operation<First<A, B, R>>,
    #[pin]
    second: B::Operation<Second<A, B, R>>,
    #[pin]
    shared: Meeting<A, B, R>,
}

type First<A, B, R> =
    FirstArm<<A as Sender>::Value, <A as Sender>::Error, <B as Sender>::Value, <B as Sender>::Error, R>;
type Second<A, B, R> =
    SecondArm<<A as Sender>::Value, <A as Sender>::Error, <B as Sender>::Value, <B as Sender>::Error, R>;
type Meeting<A, B, R> =
    Shared<<A as Sender>::Value, <A as Sender>::Error, <B as Sender>::Value, <B as Sender>::Error, R>;

impl<A, B, R> std::fmt::Debug for JoinOperation<A, B, R>
where
    A: Sender<Value: Send, Error: Send + JoinError<B::Error>>,
    B: Sender<Value: Send, Error: Send>,
    R: Receiver<(A::Value, B::Value), <A::Error as JoinError<B::Error>>::Joined>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JoinOperation").finish_non_exhaustive()
    }
}

impl<A, B, R> Operation for JoinOperation<A, B, R>
where
    A: Sender<Value: Send, Error: Send + JoinError<B::Error>>,
    B: Sender<Value: Send, Error: Send>,
    R: Receiver<(A::Value, B::Value), <A::Error as JoinError<B::Error>>::Joined>,
{
    type Value = (A::Value, B::Value);
    type Error = <A::Error as JoinError<B::Error>>::Joined;
    type Receiver = R;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<Self::Value, Self::Error> {
        let mut this = self.project();
        *this.shared.as_mut().arrived() = Arrived::NONE;
        let shared = this.shared.as_mut().pointer();
        this.first.as_mut().receiver().lead_to(shared);
        // SAFETY: no pass is under way; the caller keeps this operation, and its parts with it,
        // until its receiver has been called, which happens after both arms have completed.
        let first = match unsafe { this.first.start() } {
            Started::Inline(Completion::Value(value)) => value,
            Started::Inline(Completion::Error(error)) => {
                return Started::Inline(Completion::Error(error.earlier()));
            }
            Started::Inline(Completion::Stopped(reason)) => {
                return Started::Inline(Completion::Stopped(reason));
            }
            Started::Later => {
                this.second.as_mut().receiver().lead_to(shared);
                // SAFETY: as for the first arm; `shared` was made from our own part just now.
                return unsafe { start_beside(this.second, shared) };
            }
        };
        // Stored first: the second arm may complete on another thread before its start returns.
        this.shared.as_mut().arrived().first = Some(Completion::Value(first));
        let shared = this.shared.as_mut().pointer();
        this.second.as_mut().receiver().lead_to(shared);
        // SAFETY: as for the first arm.
        match unsafe { this.second.start() } {
            Started::Later => Started::Later,
            Started::Inline(second) => match this.shared.as_mut().arrived().first.take() {
                Some(first) => Started::Inline(both(first, second)),
                None => unreachable!("nobody else takes it while the second arm is not under way"),
            },
        }
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().shared.project().next
    }
}

/// Starts the second arm while the first is under way.
///
/// # Safety
///
/// As for [`Operation::start`]; `shared` leads to what the two arms share.
unsafe fn start_beside<VA, EA, VB, EB, R>(
    second: Pin<&mut impl Operation<Value = VB, Error = EB>>,
    shared: NonNull<Shared<VA, EA, VB, EB, R>>,
) -> Started<(VA, VB), EA::Joined>
where
    EA: JoinError<EB>,
{
    // SAFETY: passed on to the caller.
    let start = || unsafe { second.start() };
    // A panic may not unwind from here: the first arm is under way.
    let second = match panic_site::catch(start) {
        Ok(Started::Later) => return Started::Later,
        Ok(Started::Inline(completion)) => completion,
        Err(report) => {
            panic_site::leave(report);
            Completion::Stopped(StopReason::Panicked)
        }
    };
    // SAFETY: the pass is not over before the second completion has been stored.
    match unsafe { Shared::store(shared, |arrived| arrived.second = Some(second)) } {
        Stored::Both(first, second) => Started::Inline(both(first, second)),
        Stored::OneToCome | Stored::Again => Started::Later,
    }
}

/// What the two arms share.
#[pin_project]
struct Shared<VA, EA, VB, EB, R> {
    arrived: Mutex<Arrived<VA, EA, VB, EB>>,
    #[pin]
    next: R,
    // Arms on other threads come here while `start` still holds the operation.
    #[pin]
    _pinned: PhantomPinned,
}

struct Arrived<VA, EA, VB, EB> {
    first: Option<Completion<VA, EA>>,
    second: Option<Completion<VB, EB>>,
    // INVARIANT: true once both completions have been taken on.
    over: bool,
}

impl<VA, EA, VB, EB> Arrived<VA, EA, VB, EB> {
    const NONE: Self = Self { first: None, second: None, over: false };
}

enum Stored<VA, EA, VB, EB> {
    OneToCome,
    /// This was the last: take these on.
    Both(Completion<VA, EA>, Completion<VB, EB>),
    /// The pass went on before, and what came next panicked.
    Again,
}

impl<VA, EA, VB, EB, R> Shared<VA, EA, VB, EB, R> {
    /// While no arm is under way.
    #[inline]
    fn arrived(self: Pin<&mut Self>) -> &mut Arrived<VA, EA, VB, EB> {
        self.project().arrived.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the arms are given. Stands until the next use of `self`.
    #[inline]
    fn pointer(self: Pin<&mut Self>) -> NonNull<Self> {
        // SAFETY: nothing is moved through the pointer.
        NonNull::from(unsafe { self.get_unchecked_mut() })
    }

    /// Stores the completion of one arm.
    ///
    /// # Safety
    ///
    /// `shared` leads to the `Shared` of a pass that is under way.
    unsafe fn store(
        shared: NonNull<Self>,
        put: impl FnOnce(&mut Arrived<VA, EA, VB, EB>),
    ) -> Stored<VA, EA, VB, EB> {
        // SAFETY: alive by the caller's promise, and only the mutex is borrowed.
        let arrived = unsafe { &(*shared.as_ptr()).arrived };
        let mut arrived = arrived.lock().unwrap_or_else(PoisonError::into_inner);
        if arrived.over {
            return Stored::Again;
        }
        put(&mut arrived);
        match (arrived.first.take(), arrived.second.take()) {
            (Some(first), Some(second)) => {
                arrived.over = true;
                Stored::Both(first, second)
            }
            (first, second) => {
                (arrived.first, arrived.second) = (first, second);
                Stored::OneToCome
            }
        }
    }

    /// Stores the completion of one arm; after the last one the pass goes on from here.
    ///
    /// # Safety
    ///
    /// As for [`store`](Self::store), and the arm is completed by its own operation.
    unsafe fn go_on(shared: NonNull<Self>, put: impl FnOnce(&mut Arrived<VA, EA, VB, EB>))
    where
        EA: JoinError<EB>,
        R: Receiver<(VA, VB), EA::Joined>,
    {
        // SAFETY: passed on to the caller.
        let completion = match unsafe { Self::store(shared, put) } {
            Stored::OneToCome => return,
            Stored::Both(first, second) => both(first, second),
            Stored::Again => Completion::Stopped(StopReason::Panicked),
        };
        // SAFETY: both arms have completed, so that nobody else borrows the receiver; the pass is
        // not over before it has been called.
        let next = unsafe { &mut (*shared.as_ptr()).next };
        // SAFETY: it is a pinned part of the pinned operation.
        unsafe { Pin::new_unchecked(next) }.complete(completion);
    }
}

macro_rules! arm {
    ($(#[$doc:meta])* $Arm:ident, $V:ident, $E:ident, $slot:ident) => {
        $(#[$doc])*
        #[pin_project]
        pub struct $Arm<VA, EA, VB, EB, R> {
            shared: Option<NonNull<Shared<VA, EA, VB, EB, R>>>,
            // The operation may be gone while the call of `complete` still returns.
            #[pin]
            _pinned: PhantomPinned,
        }

        opaque!($Arm<VA, EA, VB, EB, R>);

        // SAFETY: through the pointer an arm reaches completions and the receiver, one thread at a
        // time, and these are `Send`.
        unsafe impl<VA: Send, EA: Send, VB: Send, EB: Send, R: Send> Send for $Arm<VA, EA, VB, EB, R> {}

        impl<VA, EA, VB, EB, R> $Arm<VA, EA, VB, EB, R> {
            const fn new() -> Self {
                Self { shared: None, _pinned: PhantomPinned }
            }

            #[inline]
            fn lead_to(self: Pin<&mut Self>, shared: NonNull<Shared<VA, EA, VB, EB, R>>) {
                *self.project().shared = Some(shared);
            }
        }

        impl<VA, EA, VB, EB, R> Receiver<$V, $E> for $Arm<VA, EA, VB, EB, R>
        where
            VA: Send,
            EA: Send + JoinError<EB>,
            VB: Send,
            EB: Send,
            R: Receiver<(VA, VB), EA::Joined>,
        {
            fn complete(self: Pin<&mut Self>, completion: Completion<$V, $E>) {
                if let Some(shared) = self.shared {
                    // SAFETY: `start` gave the pointer to the pass that this completion belongs to.
                    unsafe { Shared::go_on(shared, |arrived| arrived.$slot = Some(completion)) }
                }
            }
        }
    };
}

arm! {
    /// Where the first arm of a [`join`] completes.
    FirstArm, VA, EA, first
}
arm! {
    /// Where the second arm of a [`join`] completes.
    SecondArm, VB, EB, second
}
