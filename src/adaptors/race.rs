//! Two senders of which one decides: what `when_any`, `timeout` and `stop_when` have in common.

use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use self::verdict::{Arrival, Verdicts};
use crate::completion::{Completion, Started, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::Recycled;

mod verdict;

/// What a completion of each arm says about the whole.
pub trait Judge<A: Sender, B: Sender>: Send {
    /// What the whole makes.
    type Value;
    /// How the whole fails.
    type Error;

    /// What the first arm decides by its completion, if no other verdict was there before.
    fn first(completion: Completion<A::Value, A::Error>) -> Completion<Self::Value, Self::Error>;

    /// What the second arm decides; none if it only ends the race.
    fn second(completion: Completion<B::Value, B::Error>) -> Option<Completion<Self::Value, Self::Error>>;
}

/// Two senders that start together; see [`Judge`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug)]
pub struct Race<A, B, J> {
    first: A,
    second: B,
    stop: Recycled,
    _judge: PhantomData<fn() -> J>,
}

impl<A, B, J> Race<A, B, J> {
    #[inline]
    pub(crate) const fn new(first: A, second: B, stop: Recycled) -> Self {
        Self { first, second, stop, _judge: PhantomData }
    }
}

#[diagnostic::do_not_recommend]
impl<A, B, J> Sender for Race<A, B, J>
where
    A: Sender,
    B: Sender,
    J: Judge<A, B, Value: Send, Error: Send>,
{
    type Value = J::Value;
    type Error = J::Error;
    type Operation<R: Receiver<J::Value, J::Error>> = RaceOperation<A, B, J, R>;

    #[inline]
    fn connect<R: Receiver<J::Value, J::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        RaceOperation {
            first: self
                .first
                .connect(FirstRacer { shared: None, _pinned: PhantomPinned, _of: PhantomData }, env),
            second: self
                .second
                .connect(SecondRacer { shared: None, _pinned: PhantomPinned, _of: PhantomData }, env),
            shared: Shared {
                verdicts: Verdicts::new(),
                stop: self.stop,
                next: receiver,
                _pinned: PhantomPinned,
            },
        }
    }
}

/// What the two arms share.
#[pin_project]
struct Shared<V, E, R> {
    verdicts: Verdicts<Completion<V, E>>,
    stop: Recycled,
    #[pin]
    next: R,
    // Arms on other threads come here while `start` still holds the operation.
    #[pin]
    _pinned: PhantomPinned,
}

impl<V, E, R> Shared<V, E, R> {
    /// An arm has completed. The completion of the whole, if it was the last.
    ///
    /// # Safety
    ///
    /// `shared` leads to the `Shared` of the pass that this arm belongs to; the arm was under way.
    unsafe fn arrive(shared: NonNull<Self>, verdict: Option<Completion<V, E>>) -> Option<Completion<V, E>> {
        let panicked = matches!(verdict, Some(Completion::Stopped(StopReason::Panicked)));
        // SAFETY: the pass, and `shared` with it, stays until this arm has been counted in.
        let verdicts = unsafe { &(*shared.as_ptr()).verdicts };
        // SAFETY: as above.
        let stop = unsafe { &(*shared.as_ptr()).stop };
        // SAFETY: the caller's arm was under way, and says its verdict once.
        unsafe { verdicts.say(verdict, panicked) };
        stop.request_stop();
        // SAFETY: as above; nothing of `shared` is touched after this unless it was the last.
        match unsafe { verdicts.leave() } {
            Arrival::OneToCome => None,
            Arrival::Last(verdict) => Some(verdict.unwrap_or(Completion::Stopped(StopReason::Requested))),
            Arrival::Panicked => Some(Completion::Stopped(StopReason::Panicked)),
        }
    }

    /// The same for an arm that completes later: the pass goes on from here after the last one.
    ///
    /// # Safety
    ///
    /// As for [`arrive`](Self::arrive).
    unsafe fn go_on(shared: NonNull<Self>, verdict: Option<Completion<V, E>>)
    where
        R: Receiver<V, E>,
    {
        // SAFETY: passed on to the caller.
        let Some(completion) = (unsafe { Self::arrive(shared, verdict) }) else { return };
        // SAFETY: both arms have arrived, so that nobody else borrows the receiver; the pass is not
        // over before it has been called.
        let next = unsafe { &mut (*shared.as_ptr()).next };
        // SAFETY: it is a pinned part of the pinned operation.
        let next = unsafe { Pin::new_unchecked(next) };
        // SAFETY: an arm completed later, so that `start` returns `Later`, and this is the arm that came last.
        unsafe { next.complete(completion) };
    }
}

macro_rules! racer {
    ($(#[$doc:meta])* $Racer:ident, $arm:ident, $completion:ident => $verdict:expr) => {
        $(#[$doc])*
        #[pin_project]
        pub struct $Racer<A, B, J: Judge<A, B>, R>
        where
            A: Sender,
            B: Sender,
        {
            shared: Option<NonNull<Shared<J::Value, J::Error, R>>>,
            // The operation may be gone while the call of `complete` still returns.
            #[pin]
            _pinned: PhantomPinned,
            _of: PhantomData<fn() -> (A, B)>,
        }

        // SAFETY: through the pointer an arm reaches verdicts and the receiver, one thread at a time, and
        // these are `Send`.
        unsafe impl<A: Sender, B: Sender, J, R: Send> Send for $Racer<A, B, J, R> where
            J: Judge<A, B, Value: Send, Error: Send>
        {
        }

        impl<A: Sender, B: Sender, J: Judge<A, B>, R> std::fmt::Debug for $Racer<A, B, J, R> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($Racer)).finish_non_exhaustive()
            }
        }

        impl<A, B, J, R> Receiver<$arm::Value, $arm::Error> for $Racer<A, B, J, R>
        where
            A: Sender,
            B: Sender,
            J: Judge<A, B, Value: Send, Error: Send>,
            R: Receiver<J::Value, J::Error>,
        {
            unsafe fn complete(self: Pin<&mut Self>, $completion: Completion<$arm::Value, $arm::Error>) {
                let Some(shared) = self.shared else { return };
                // SAFETY: `start` made the pointer, for the pass that this arm is under way in.
                unsafe { Shared::go_on(shared, $verdict) }
            }
        }
    };
}

racer! {
    /// Where the first arm of a [`Race`] completes.
    FirstRacer, A, completion => Some(J::first(completion))
}
racer! {
    /// Where the second arm of a [`Race`] completes.
    SecondRacer, B, completion => second::<A, B, J>(completion)
}

/// The second arm's verdict. A panic is one, whoever judges.
fn second<A: Sender, B: Sender, J: Judge<A, B>>(
    completion: Completion<B::Value, B::Error>,
) -> Option<Completion<J::Value, J::Error>> {
    match completion {
        Completion::Stopped(StopReason::Panicked) => Some(Completion::Stopped(StopReason::Panicked)),
        completion => J::second(completion),
    }
}

/// The operation of [`Race`].
#[pin_project]
pub struct RaceOperation<A, B, J, R>
where
    A: Sender,
    B: Sender,
    J: Judge<A, B, Value: Send, Error: Send>,
    R: Receiver<J::Value, J::Error>,
{
    #[pin]
    first: A::Operation<FirstRacer<A, B, J, R>>,
    #[pin]
    second: B::Operation<SecondRacer<A, B, J, R>>,
    #[pin]
    shared: Shared<J::Value, J::Error, R>,
}

impl<A, B, J, R> std::fmt::Debug for RaceOperation<A, B, J, R>
where
    A: Sender,
    B: Sender,
    J: Judge<A, B, Value: Send, Error: Send>,
    R: Receiver<J::Value, J::Error>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RaceOperation").finish_non_exhaustive()
    }
}

// SAFETY: `receiver` gives the field of the shared part that `connect` filled. A first arm that completes inside its start ends
// the pass before the second begins.
unsafe impl<A, B, J, R> Operation for RaceOperation<A, B, J, R>
where
    A: Sender,
    B: Sender,
    J: Judge<A, B, Value: Send, Error: Send>,
    R: Receiver<J::Value, J::Error>,
{
    type Value = J::Value;
    type Error = J::Error;
    type Receiver = R;
    // The second arm is then never started.
    const IMMEDIATE: bool = A::Operation::<FirstRacer<A, B, J, R>>::IMMEDIATE;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<J::Value, J::Error> {
        let this = self.project();
        let (mut first, mut second_arm) = (this.first, this.second);
        // SAFETY: nothing is moved through the pointer.
        let shared = NonNull::from(unsafe { this.shared.get_unchecked_mut() });
        // SAFETY: it is our own part, and only the verdicts are borrowed.
        let verdicts = unsafe { &(*shared.as_ptr()).verdicts };
        // SAFETY: no pass, hence no arm, is under way.
        unsafe { verdicts.clear() };
        *first.as_mut().receiver().project().shared = Some(shared);
        *second_arm.as_mut().receiver().project().shared = Some(shared);
        // SAFETY: no pass is under way; the caller keeps this operation, and its parts with it, until its
        // receiver has been called, which happens after both arms have completed.
        if let Started::Inline(completion) = unsafe { first.start() } {
            return Started::Inline(J::first(completion));
        }
        // A panic may not unwind from here: the first arm is under way.
        // SAFETY: as for the first arm.
        let completion = match panic_site::catch(|| unsafe { second_arm.start() }) {
            Ok(Started::Later) => return Started::Later,
            Ok(Started::Inline(completion)) => completion,
            Err(report) => {
                panic_site::leave(report);
                Completion::Stopped(StopReason::Panicked)
            }
        };
        // SAFETY: this is the second arm's completion, which went nowhere else.
        unsafe { Shared::arrive(shared, second::<A, B, J>(completion)) }
            .map_or(Started::Later, Started::Inline)
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().shared.project().next
    }
}

opaque!(Shared<V, E, R>);
