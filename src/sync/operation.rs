//! The operation of every wait: asks, and if need be waits until it is granted or stopped.

use std::fmt;
use std::mem::{needs_drop, offset_of};
use std::pin::Pin;
use std::ptr::{self, NonNull};

use pin_project::pin_project;

use super::wait_list::{Phase, Place, Queue, Waiter, Woken};
use crate::completion::{Completion, Started, StopReason};
use crate::env::Env;
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::{Receiver, complete_caught};
use crate::stop::{Left, StopCallback};
use crate::work::{Fate, TaskNode, abandoned};

/// What one kind of wait asks of its primitive.
pub trait Request: Send + Sized {
    /// What the primitive keeps under its lock.
    type State;
    /// What a waiter brings, or is granted.
    type Payload: Default + Send;
    /// What a pass makes.
    type Value;
    /// How a pass fails.
    type Error;

    /// The primitive, which stays where it is for as long as the request exists.
    fn place(&self) -> &Place<Self::State>;

    /// Where such a pass waits.
    fn queue(state: &mut Self::State) -> &mut Queue<Self::Payload>;

    /// What there is now, taken; or nothing, and nothing has changed.
    fn ask(&mut self, state: &mut Self::State, woken: &mut Woken<Self::Payload>) -> Option<Self::Payload>;

    /// What the pass takes into the queue.
    fn bring(&mut self) -> Self::Payload {
        Self::Payload::default()
    }

    /// Grants whatever can be granted, after something was given back or somebody left the queue.
    fn settle(state: &mut Self::State, woken: &mut Woken<Self::Payload>);

    /// Takes back what was granted to a pass whose context has ended, and hands out what it has no use for, to be
    /// dropped when the lock is free.
    fn give_back(state: &mut Self::State, payload: Self::Payload) -> Self::Payload;

    /// What the pass completes with, given what it was granted.
    fn granted(&mut self, payload: Self::Payload) -> Completion<Self::Value, Self::Error>;

    /// As [`granted`](Self::granted), for a request that is over: what holds on to the primitive need not be cloned.
    fn granted_last(mut self, payload: Self::Payload) -> Completion<Self::Value, Self::Error> {
        self.granted(payload)
    }
}

/// Asks without waiting; gives the request back if it would have to.
#[inline]
pub(super) fn at_once<Q: Request>(mut request: Q) -> Result<Completion<Q::Value, Q::Error>, Q> {
    match ask(&mut request) {
        Some(payload) => Ok(request.granted_last(payload)),
        None => Err(request),
    }
}

#[inline]
fn ask<Q: Request>(request: &mut Q) -> Option<Q::Payload> {
    let place: *const Place<Q::State> = request.place();
    let mut woken = Woken::none();
    // SAFETY: the request keeps the primitive where it is.
    let ready = unsafe { &*place }.with(|state| request.ask(state, &mut woken));
    drop(woken);
    ready
}

/// Drops what a pass brought or was granted; if that panics, so does the pass.
fn stopped_without<P, V, E>(payload: P) -> Completion<V, E> {
    let dropped = if needs_drop::<P>() { panic_site::catch(|| drop(payload)) } else { Ok(()) };
    match dropped {
        Ok(()) => Completion::Stopped(StopReason::Requested),
        Err(report) => {
            panic_site::leave(report);
            Completion::Stopped(StopReason::Panicked)
        }
    }
}

/// The operation of a wait. Started again it asks again.
#[pin_project]
#[repr(C)]
pub struct WaitOperation<Q: Request, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    waiter: Waiter<Q::Payload>,
    #[pin]
    callback: StopCallback,
    // INVARIANT: of the primitive that `request` holds on to. Beside it, because the callback may look while the
    // request is in use.
    place: *const Place<Q::State>,
    // Whether the callback was left with the stop token.
    left: bool,
    request: Q,
    env: Env,
    #[pin]
    receiver: R,
}

// SAFETY: `place` is as good as the request, which is `Send`; a lock is `Sync` when its state is `Send`, which
// `Place` asks of whoever shares it.
unsafe impl<Q: Request, R: Send> Send for WaitOperation<Q, R> {}

impl<Q: Request, R> fmt::Debug for WaitOperation<Q, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitOperation").finish_non_exhaustive()
    }
}

/// What became of the second look, with the callback in place.
enum Second<P> {
    Ready(P),
    Linked,
    Stopped,
}

impl<Q: Request, R: Receiver<Q::Value, Q::Error>> WaitOperation<Q, R> {
    /// Connects `request` to `receiver`.
    #[inline]
    pub(super) fn new(request: Q, receiver: R, env: &Env) -> Self {
        Self {
            waiter: Waiter::new(Self::resume),
            callback: StopCallback::new(Self::stop),
            place: ptr::null(),
            left: false,
            request,
            env: env.clone(),
            receiver,
        }
    }

    /// Waits, because there was nothing at the first look.
    #[inline(never)]
    fn wait(self: Pin<&mut Self>) -> Started<Q::Value, Q::Error> {
        let Some(context) = self.env.here() else {
            return Started::Inline(Completion::Stopped(StopReason::Requested));
        };
        // SAFETY: nothing is moved out of the pinned operation through this pointer.
        let this = NonNull::from(unsafe { self.get_unchecked_mut() });
        let operation = this.as_ptr();
        // SAFETY: the operation is idle, so that it is all ours.
        unsafe { (*operation).waiter.prepare(context) };
        // SAFETY: as above.
        let place: *const Place<Q::State> = unsafe { (*operation).request.place() };
        // SAFETY: as above.
        unsafe { (*operation).place = place };
        // SAFETY: a field of a valid operation.
        let callback = unsafe { Self::callback(this) };
        // SAFETY: as above; nobody writes the environment.
        let stop = unsafe { &(*operation).env }.stop();
        // SAFETY: the operation stays where it is until `resume` has taken the callback out, or it was called.
        let left = unsafe { stop.leave(callback) };
        if left == Left::Requested {
            return Started::Inline(Completion::Stopped(StopReason::Requested));
        }
        let left = left == Left::Waits;
        // From here on the callback may come at any time: it touches the phase, under the lock, and `place`.
        // SAFETY: nobody else uses this field.
        unsafe { (*operation).left = left };
        let mut woken = Woken::none();
        // SAFETY: the request keeps the primitive where it is. Once the lock is free the operation may be gone.
        let second = unsafe { &*place }.with(|state| {
            // SAFETY: the lock is held.
            if unsafe { Waiter::phase(this.cast::<Waiter<Q::Payload>>()) } == Phase::Stopped {
                return Second::Stopped;
            }
            // SAFETY: not linked yet, so that the request is ours alone.
            let request = unsafe { &mut (*operation).request };
            if let Some(payload) = request.ask(state, &mut woken) {
                return Second::Ready(payload);
            }
            let payload = request.bring();
            // SAFETY: the lock is held.
            unsafe { Waiter::set_payload(this.cast::<Waiter<Q::Payload>>(), payload) };
            // SAFETY: idle, and kept in place by whoever started the operation until it completes.
            unsafe { Q::queue(state).push(this.cast()) };
            Second::Linked
        });
        drop(woken);
        match second {
            Second::Linked => Started::Later,
            Second::Stopped => Started::Inline(Completion::Stopped(StopReason::Requested)),
            // SAFETY: as this method; it was not linked.
            Second::Ready(payload) => unsafe { Self::ready_after_all(this, payload) },
        }
    }

    /// Completes inside `start`, unless the callback is being called and must be waited for.
    ///
    /// # Safety
    ///
    /// `this` is in its `start`, prepared but not linked.
    #[cold]
    unsafe fn ready_after_all(this: NonNull<Self>, payload: Q::Payload) -> Started<Q::Value, Q::Error> {
        let operation = this.as_ptr();
        let waiter = this.cast::<Waiter<Q::Payload>>();
        // SAFETY: valid.
        let in_time = unsafe { Self::take_out(this) };
        if !in_time {
            let mut payload = Some(payload);
            // SAFETY: prepared.
            let place = unsafe { Self::place(this) };
            place.with(|_| {
                // SAFETY: the lock is held.
                if unsafe { Waiter::phase(waiter) } != Phase::Stopped
                    && let Some(payload) = payload.take()
                {
                    // SAFETY: the lock is held.
                    unsafe { Waiter::set_payload(waiter, payload) };
                    // SAFETY: as above.
                    unsafe { Waiter::set_phase(waiter, Phase::Awaits) };
                }
            });
            // The operation is the callback's if it has taken the payload.
            let Some(payload) = payload else { return Started::Later };
            // SAFETY: the callback has been, so that the operation is ours again.
            return Started::Inline(unsafe { (*operation).request.granted(payload) });
        }
        // SAFETY: the callback will not come, so that the operation is ours.
        Started::Inline(unsafe { (*operation).request.granted(payload) })
    }

    /// The callback of an operation at `this`.
    ///
    /// # Safety
    ///
    /// `this` is valid.
    unsafe fn callback(this: NonNull<Self>) -> NonNull<StopCallback> {
        // SAFETY: inside of the operation.
        unsafe { this.byte_add(offset_of!(Self, callback)).cast() }
    }

    /// The primitive. It may be gone when the operation is.
    ///
    /// # Safety
    ///
    /// `this` is valid, and prepared.
    unsafe fn place<'p>(this: NonNull<Self>) -> &'p Place<Q::State> {
        // SAFETY: valid, and nobody writes this field now.
        let place = unsafe { (*this.as_ptr()).place };
        // SAFETY: the request, which made it, keeps the primitive where it is.
        unsafe { &*place }
    }

    /// Takes the callback out, if it was left. Whether it will not come.
    ///
    /// # Safety
    ///
    /// `this` is valid, and was left with its token if `left` says so.
    unsafe fn take_out(this: NonNull<Self>) -> bool {
        // SAFETY: valid.
        let callback = unsafe { Self::callback(this) };
        // SAFETY: valid, and nobody writes this field now.
        let left = unsafe { (*this.as_ptr()).left };
        // SAFETY: as above.
        let stop = unsafe { &(*this.as_ptr()).env }.stop();
        // SAFETY: it was left there.
        !left || unsafe { stop.take_out(callback) }
    }

    /// The callback: a stop was requested.
    ///
    /// # Safety
    ///
    /// `callback` is that of a pinned `Self`, which stays until this has touched it for the last time.
    unsafe fn stop(callback: NonNull<StopCallback>) {
        // SAFETY: the callback is inside of the operation, whose pointer it was made from.
        let this = unsafe { callback.byte_sub(offset_of!(Self, callback)).cast::<Self>() };
        let waiter = this.cast::<Waiter<Q::Payload>>();
        // SAFETY: prepared before the callback was left.
        let place = unsafe { Self::place(this) };
        let mut woken = Woken::none();
        // Once the lock is free the operation may be gone, unless it is ours to post.
        let post = place.with(|state| {
            // SAFETY: the lock is held.
            let (next, post) = match unsafe { Waiter::phase(waiter) } {
                Phase::Idle => (Phase::Stopped, false),
                Phase::Linked => {
                    // SAFETY: it is linked there.
                    unsafe { Q::queue(state).remove(waiter) };
                    Q::settle(state, &mut woken);
                    (Phase::Stopped, true)
                }
                Phase::Granted => (Phase::Alone, false),
                Phase::Awaits => (Phase::Awaits, true),
                phase @ (Phase::Stopped | Phase::Alone) => (phase, false),
            };
            // SAFETY: the lock is held.
            unsafe { Waiter::set_phase(waiter, next) };
            post
        });
        if post {
            // SAFETY: unlinked, and by its phase ours alone to post.
            unsafe { Waiter::post(waiter) };
        }
        drop(woken);
    }

    /// The task: the pass was granted what it waits for, or stopped, or its context has ended.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was posted.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        match fate {
            // SAFETY: passed on to the caller.
            Fate::Run => unsafe { Self::go_on(node, fate) },
            Fate::Abandoned => {
                // SAFETY: passed on to the caller.
                let end = || unsafe { Self::go_on(node, fate) };
                // SAFETY: this is all that is done for it; the operation stays until it has completed.
                unsafe { abandoned::in_turn(node, end) }
            }
        }
    }

    /// # Safety
    ///
    /// As for [`resume`](Self::resume).
    unsafe fn go_on(node: NonNull<TaskNode>, fate: Fate) {
        let this = node.cast::<Self>();
        let operation = this.as_ptr();
        let waiter = this.cast::<Waiter<Q::Payload>>();
        // SAFETY: valid; the callback was left with the token if it was.
        let came = if unsafe { Self::take_out(this) } {
            Phase::Granted
        } else {
            let here = match fate {
                // SAFETY: nobody writes the environment.
                Fate::Run => unsafe { (*operation).env.here() },
                Fate::Abandoned => None,
            };
            // SAFETY: posted and not linked: its links are ours until the phase says otherwise.
            unsafe { Waiter::set_context(waiter, here) };
            // SAFETY: it was prepared when it began to wait.
            let place = unsafe { Self::place(this) };
            let came = place.with(|_| {
                // SAFETY: the lock is held.
                let phase = unsafe { Waiter::phase(waiter) };
                if phase == Phase::Granted {
                    // SAFETY: as above.
                    unsafe { Waiter::set_phase(waiter, Phase::Awaits) };
                }
                phase
            });
            if came == Phase::Granted {
                // The callback is on its way, and posts the task again.
                return;
            }
            came
        };
        // SAFETY: the callback has been or will not come: the operation is ours, and in no queue.
        let payload = unsafe { Waiter::take_payload(waiter) };
        // SAFETY: as above.
        let operation = unsafe { &mut *operation };
        // SAFETY: the node is the first field of an operation that is pinned.
        let this = unsafe { Pin::new_unchecked(operation) }.project();
        let completion = match (came, fate) {
            (Phase::Stopped, _) => stopped_without(payload),
            (_, Fate::Run) => this.request.granted(payload),
            (_, Fate::Abandoned) => {
                let mut woken = Woken::none();
                let unused = this.request.place().with(|state| {
                    let unused = Q::give_back(state, payload);
                    Q::settle(state, &mut woken);
                    unused
                });
                drop(woken);
                stopped_without(unused)
            }
        };
        // SAFETY: the one task of a pass that waits has run, and it waits because its start returned `Later`.
        unsafe { complete_caught(this.receiver, completion) };
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<Q: Request, R: Receiver<Q::Value, Q::Error>> Operation for WaitOperation<Q, R> {
    type Value = Q::Value;
    type Error = Q::Error;
    type Receiver = R;

    #[inline]
    unsafe fn start(mut self: Pin<&mut Self>) -> Started<Q::Value, Q::Error> {
        let this = self.as_mut().project();
        match ask(this.request) {
            Some(payload) => Started::Inline(this.request.granted(payload)),
            None => self.wait(),
        }
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}

#[cfg(all(test, loom))]
impl<Q: Request, R> WaitOperation<Q, R> {
    /// Has the model checker see that nobody else touches it any more.
    pub(super) fn touch_as_by_a_drop(&self) {
        self.waiter.touch_as_by_a_drop();
        self.callback.touch_as_by_a_drop();
    }
}

/// Makes a request a sender.
macro_rules! sends {
    ([$($generics:tt)*] $request:ty) => {
        $crate::future::awaitable::awaitable! { [$($generics)*] $request; }

        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $crate::sender::Sender for $request {
            type Value = <Self as $crate::sync::operation::Request>::Value;
            type Error = <Self as $crate::sync::operation::Request>::Error;
            type Operation<R: $crate::receiver::Receiver<Self::Value, Self::Error>> =
                $crate::sync::operation::WaitOperation<Self, R>;

            #[inline]
            fn connect<R>(self, receiver: R, env: &$crate::env::Env) -> Self::Operation<R>
            where
                R: $crate::receiver::Receiver<Self::Value, Self::Error>,
            {
                $crate::sync::operation::WaitOperation::new(self, receiver, env)
            }

            #[inline]
            fn at_once(self) -> Result<$crate::completion::Completion<Self::Value, Self::Error>, Self> {
                $crate::sync::operation::at_once(self)
            }
        }
    };
}
pub(super) use sends;
