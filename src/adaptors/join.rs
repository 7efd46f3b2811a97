//! `join`: two senders, both values.

mod meeting;

use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use self::meeting::{Arrival, OfArms};
use crate::completion::{Completion, JoinError, Started, StopReason};
use crate::consumers::{Nobody, completed};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// *Joins* two senders: the pass has both values.
///
/// **Completes** with the pair once both have completed; inside `start` if both do. A pass of the join is
/// a pass of each, so that a value that is filtered out, or an error, takes one from the other sender
/// too: both start in order, unless the first has [ended](StopReason::Ended) or was stopped. What is
/// under way is always awaited. If one has ended, so has the join; else the first, in order, that has
/// no value decides how the pass completes, except that an error counts before an arm that was
/// [asked to stop](StopReason::Requested); the errors of both are [joined](JoinError).
/// **Runs on**, afterwards, the context where the last one completed.
/// **Costs** no allocation, and no lock; one read-modify-write for each arm that completes later.
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

/// Joins the arms of one value: they begin anew with each, so that nothing has to keep step, and the
/// second does not start after the first has completed without a value.
#[inline]
pub(crate) const fn arms<A, B>(first: A, second: B) -> Join<A, B, false> {
    Join { first, second }
}

/// The sender of [`join`]; if not `EACH`, of the arms of a [`fork`](crate::adaptors::SenderExt::fork).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Join<A, B, const EACH: bool = true> {
    first: A,
    second: B,
}

#[diagnostic::do_not_recommend]
impl<A, B, const EACH: bool> Sender for Join<A, B, EACH>
where
    A: Sender<Value: Send, Error: Send>,
    B: Sender<Value: Send, Error: Send>,
    A::Error: JoinError<B::Error>,
{
    type Value = (A::Value, B::Value);
    type Error = <A::Error as JoinError<B::Error>>::Joined;
    type Operation<R: Receiver<Self::Value, Self::Error>> = JoinOperation<A, B, R, EACH>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        JoinOperation {
            first: self.first.connect(FirstArm::new(), env),
            second: self.second.connect(SecondArm::new(), env),
            shared: Shared { meeting: OfArms::new(), next: receiver, _pinned: PhantomPinned },
        }
    }

    #[inline]
    fn at_once(self) -> Result<Completion<Self::Value, Self::Error>, Self> {
        let immediate = const {
            <A::Operation<Nobody> as Operation>::IMMEDIATE && <B::Operation<Nobody> as Operation>::IMMEDIATE
        };
        if !immediate {
            return Err(self);
        }
        Ok(match goes_on::<_, _, _, _, EACH>(completed(self.first.at_once())) {
            Ok(early) => both(early, completed(self.second.at_once())),
            Err(completion) => completion,
        })
    }
}

/// What the first arm completed with at once, if the second is started all the same; else how the pass completes.
#[inline]
fn goes_on<A, EA, B, EB, const EACH: bool>(
    early: Completion<A, EA>,
) -> Result<Completion<A, EA>, Completion<(A, B), EA::Joined>>
where
    EA: JoinError<EB>,
{
    match early {
        Completion::Value(_) => Ok(early),
        Completion::Error(_) | Completion::Stopped(StopReason::Filtered) if EACH => Ok(early),
        Completion::Error(error) => Err(Completion::Error(error.earlier())),
        Completion::Stopped(reason) => Err(Completion::Stopped(reason)),
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
        (Stopped(StopReason::Ended), _) | (_, Stopped(StopReason::Ended)) => Stopped(StopReason::Ended),
        (Error(error), _) => Error(error.earlier()),
        // Who was asked to stop says less than who failed, and may have been asked because of it.
        (Stopped(StopReason::Requested), Error(error)) => Error(EA::later(error)),
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
///   2  go_on: this was the last arm; whoever brought it goes on, be it `start` itself
///   3  go_on: the other arm is still to come
///   4  start: both arms completed inside, or one ended the pass
/// ```
#[pin_project]
pub struct JoinOperation<A, B, R, const EACH: bool>
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
    shared: SharedBy<A, B, R>,
}

type First<A, B, R> =
    FirstArm<<A as Sender>::Value, <A as Sender>::Error, <B as Sender>::Value, <B as Sender>::Error, R>;
type Second<A, B, R> =
    SecondArm<<A as Sender>::Value, <A as Sender>::Error, <B as Sender>::Value, <B as Sender>::Error, R>;
type SharedBy<A, B, R> =
    Shared<<A as Sender>::Value, <A as Sender>::Error, <B as Sender>::Value, <B as Sender>::Error, R>;

impl<A, B, R, const EACH: bool> std::fmt::Debug for JoinOperation<A, B, R, EACH>
where
    A: Sender<Value: Send, Error: Send + JoinError<B::Error>>,
    B: Sender<Value: Send, Error: Send>,
    R: Receiver<(A::Value, B::Value), <A::Error as JoinError<B::Error>>::Joined>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JoinOperation").finish_non_exhaustive()
    }
}

// SAFETY: `receiver` gives the field of the shared part that `connect` filled; arms that complete inside their start, both of
// them, leave nothing to wait for.
unsafe impl<A, B, R, const EACH: bool> Operation for JoinOperation<A, B, R, EACH>
where
    A: Sender<Value: Send, Error: Send + JoinError<B::Error>>,
    B: Sender<Value: Send, Error: Send>,
    R: Receiver<(A::Value, B::Value), <A::Error as JoinError<B::Error>>::Joined>,
{
    type Value = (A::Value, B::Value);
    type Error = <A::Error as JoinError<B::Error>>::Joined;
    type Receiver = R;

    const IMMEDIATE: bool =
        A::Operation::<First<A, B, R>>::IMMEDIATE && B::Operation::<Second<A, B, R>>::IMMEDIATE;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<Self::Value, Self::Error> {
        let this = self.project();
        let (mut first, mut second) = (this.first, this.second);
        let shared = Shared::pointer(this.shared);
        // SAFETY: `shared` is our own part, and only the meeting is borrowed.
        let meeting = unsafe { &(*shared.as_ptr()).meeting };
        // Arms that complete inside `start` do not meet.
        if !Self::IMMEDIATE {
            // SAFETY: no pass, hence no arm, is under way.
            unsafe { meeting.clear() };
            first.as_mut().receiver().lead_to(shared);
            second.as_mut().receiver().lead_to(shared);
        }
        // SAFETY: no pass is under way; the caller keeps this operation, and its parts with it,
        // until its receiver has been called, which happens after both arms have completed.
        let early = match unsafe { first.start() } {
            Started::Inline(early) => match goes_on::<_, _, _, _, EACH>(early) {
                Ok(early) => early,
                Err(completion) => return Started::Inline(completion),
            },
            // SAFETY: as for the first arm; `shared` is what it was told to lead to.
            Started::Later => return unsafe { start_beside(second, shared) },
        };
        if Self::IMMEDIATE {
            // SAFETY: as for the first arm.
            return match unsafe { second.start() } {
                Started::Inline(late) => Started::Inline(both(early, late)),
                Started::Later => Started::Later,
            };
        }
        // Stored first: the second arm may complete on another thread before its start returns.
        // SAFETY: neither arm is under way.
        unsafe { meeting.first_is_early(early) };
        // SAFETY: as for the first arm.
        match unsafe { second.start() } {
            Started::Later => Started::Later,
            // SAFETY: neither arm is under way.
            Started::Inline(late) => match unsafe { meeting.take_early() } {
                Some(early) => Started::Inline(both(early, late)),
                None => unreachable!("only the second arm takes it, and that was not under way"),
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
    // SAFETY: the pass, and `shared` with it, stays until this completion has been counted in.
    let meeting = unsafe { &(*shared.as_ptr()).meeting };
    // SAFETY: this is the second arm's completion, which went nowhere else.
    match unsafe { meeting.second(second) } {
        Arrival::Both(first, second) => Started::Inline(both(first, second)),
        Arrival::OneToCome | Arrival::Again => Started::Later,
    }
}

/// What the two arms share.
#[pin_project]
struct Shared<VA, EA, VB, EB, R> {
    meeting: OfArms<VA, EA, VB, EB>,
    #[pin]
    next: R,
    // Arms on other threads come here while `start` still holds the operation.
    #[pin]
    _pinned: PhantomPinned,
}

impl<VA, EA, VB, EB, R> Shared<VA, EA, VB, EB, R> {
    /// What the arms are given.
    #[inline]
    fn pointer(self: Pin<&mut Self>) -> NonNull<Self> {
        // SAFETY: nothing is moved through the pointer.
        NonNull::from(unsafe { self.get_unchecked_mut() })
    }

    /// An arm has arrived; after the last one the pass goes on from here.
    ///
    /// # Safety
    ///
    /// `shared` leads to the `Shared` of the pass that this arrival belongs to.
    unsafe fn go_on(shared: NonNull<Self>, arrival: Arrival<Completion<VA, EA>, Completion<VB, EB>>)
    where
        EA: JoinError<EB>,
        R: Receiver<(VA, VB), EA::Joined>,
    {
        let completion = match arrival {
            Arrival::OneToCome => return,
            Arrival::Both(first, second) => both(first, second),
            Arrival::Again => Completion::Stopped(StopReason::Panicked),
        };
        // SAFETY: both arms have arrived, so that nobody else borrows the receiver; the pass is not
        // over before it has been called.
        let next = unsafe { &mut (*shared.as_ptr()).next };
        // SAFETY: it is a pinned part of the pinned operation.
        let next = unsafe { Pin::new_unchecked(next) };
        // SAFETY: an arm completed later, so that `start` returns `Later`, and this is the arm that came last; a second call of
        // that arm, after `next` has unwound, is told `Again`.
        unsafe { next.complete(completion) };
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
            unsafe fn complete(self: Pin<&mut Self>, completion: Completion<$V, $E>) {
                let Some(shared) = self.shared else { return };
                // SAFETY: `start` made the pointer, for the pass that this completion belongs to.
                let meeting = unsafe { &(*shared.as_ptr()).meeting };
                // SAFETY: this arm's operation is under way and completes; it does so again only
                // after `go_on` has panicked, which is after the arm was told `Both`.
                let arrival = unsafe { meeting.$slot(completion) };
                // SAFETY: as for the meeting.
                unsafe { Shared::go_on(shared, arrival) }
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
