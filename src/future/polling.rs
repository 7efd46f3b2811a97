//! The operation of whatever is polled: a future, or the next item of a stream.

use std::fmt;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project::pin_project;

use super::waking::{Shared, Target, Waking};
use super::word::Suspended;
use crate::completion::{Completion, Started, StopReason};
use crate::env::Env;
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::{Receiver, complete_caught};
use crate::stop::{Left, StopCallback};
use crate::work::{Fate, TaskNode};

/// What is polled for the completion of a pass.
pub trait Polls: Send {
    /// What a pass makes.
    type Value: Send;
    /// How a pass fails.
    type Error: Send;

    /// The completion of this pass, or the promise to wake.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Completion<Self::Value, Self::Error>>;

    /// The pass was asked to stop while it waited: what it waited for is dropped.
    fn give_up(self: Pin<&mut Self>);
}

/// What the callback of a stop finds: the word of its operation.
#[pin_project]
#[repr(C)]
struct OnStop {
    // First, so that the callback finds the word; see `called`.
    #[pin]
    callback: StopCallback,
    shared: Arc<Shared>,
}

impl OnStop {
    /// Called by whoever requests the stop.
    ///
    /// # Safety
    ///
    /// `callback` is the first field of an `OnStop` that stays until this has set `CALLED`.
    unsafe fn called(callback: NonNull<StopCallback>) {
        // SAFETY: the caller gives the first field of a value that is still there.
        let shared = unsafe { &callback.cast::<Self>().as_ref().shared };
        // Cloned, because the operation may go as soon as it knows that this was here.
        let shared = Arc::clone(shared);
        shared.stop();
    }
}

/// The operation of a [`Polls`].
///
/// **Completes** inside `start` if the first poll is ready; else later, on the context where it was started, to
/// which its task is posted by whoever wakes it. A stop that is requested while it waits posts it too.
/// **Costs** no allocation in the long run: wakers are used again.
#[pin_project]
#[repr(C)]
pub struct PollOperation<P: Polls, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    node: TaskNode,
    #[pin]
    on_stop: OnStop,
    waking: Waking,
    env: Env,
    // Whether the callback is left with the token of `env`.
    left: bool,
    // Whether the word knows where to post the task.
    aimed: bool,
    // INVARIANT: there while the operation has finished and only waits for the callback.
    finished: Option<Completion<P::Value, P::Error>>,
    #[pin]
    polls: P,
    #[pin]
    receiver: R,
}

impl<P: Polls, R> fmt::Debug for PollOperation<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollOperation").finish_non_exhaustive()
    }
}

// SAFETY: what is polled and the receiver are `Send`, and so are the values; the callback is linked under the lock
// of its source.
unsafe impl<P: Polls, R: Send> Send for PollOperation<P, R> {}

/// What a poll came to.
enum Step<V, E> {
    Complete(Completion<V, E>),
    /// The operation waits, and may be gone.
    Later,
}

impl<P: Polls, R: Receiver<P::Value, P::Error>> PollOperation<P, R> {
    pub(super) fn new(polls: P, receiver: R, env: &Env) -> Self {
        let waking = Waking::take();
        let on_stop =
            OnStop { callback: StopCallback::new(OnStop::called), shared: Arc::clone(waking.shared()) };
        Self {
            node: TaskNode::new(Self::resume),
            on_stop,
            waking,
            env: env.clone(),
            left: false,
            aimed: false,
            finished: None,
            polls,
            receiver,
        }
    }

    /// Polls, with the word `POLLING`; nothing if the operation is to wait.
    fn poll(mut self: Pin<&mut Self>) -> Option<Completion<P::Value, P::Error>> {
        let this = self.as_mut().project();
        let mut cx = Context::from_waker(this.waking.waker());
        if let Poll::Ready(completion) = this.polls.poll(&mut cx) {
            return Some(completion);
        }
        if !self.env.stop().stop_requested() && self.as_mut().prepare() {
            return None;
        }
        self.project().polls.give_up();
        Some(Completion::Stopped(StopReason::Requested))
    }

    /// After a poll that came to nothing. A stop that was requested since calls, and so wakes.
    fn wait(&self) -> Step<P::Value, P::Error> {
        let shared = Arc::clone(self.waking.shared());
        // The operation is touched no more after this: it may be on its way, and be gone.
        match shared.word.suspend() {
            Suspended::Waits | Suspended::Woken(None) => {}
            // By way of the queue, so that a future that wakes itself does not keep others waiting.
            // SAFETY: `suspend` says that this caller has queued it.
            Suspended::Woken(Some(target)) => unsafe { target.post() },
        }
        Step::Later
    }

    /// Before the first wait of a pass: says where to post the task, and leaves the callback. Whether the
    /// operation may wait.
    fn prepare(mut self: Pin<&mut Self>) -> bool {
        if self.aimed {
            return true;
        }
        // Nobody could run the task.
        let Some(context) = self.env.here() else { return false };
        let node = self.as_mut().node();
        // SAFETY: the node is pinned, and the word is closed before the operation completes; whatever the task
        // touches is `Send`.
        let target = unsafe { Target::new(node, context) };
        let this = self.project();
        // SAFETY: this is the operation, and it polls.
        unsafe { this.waking.shared().word.aim(target) };
        *this.aimed = true;
        if !this.env.stop().stop_possible() {
            return true;
        }
        // SAFETY: nothing is moved out of the pinned value through this pointer.
        let on_stop = NonNull::from(unsafe { this.on_stop.get_unchecked_mut() });
        // SAFETY: the callback is pinned with the operation, which stays until `finish` has taken it out or
        // knows that it was called; it is not left now.
        match unsafe { this.env.stop().leave(on_stop.cast()) } {
            Left::Waits => *this.left = true,
            Left::NoSource => {}
            Left::Requested => return false,
        }
        true
    }

    fn node(self: Pin<&mut Self>) -> NonNull<TaskNode> {
        // SAFETY: nothing is moved out of the pinned operation through this pointer.
        NonNull::from(unsafe { self.get_unchecked_mut() }).cast()
    }

    /// Ends the pass, once the callback is out of the way.
    fn finish(self: Pin<&mut Self>, completion: Completion<P::Value, P::Error>) -> Step<P::Value, P::Error> {
        let this = self.project();
        if std::mem::take(this.left) {
            // SAFETY: nothing is moved out of the pinned value through this pointer.
            let on_stop = NonNull::from(unsafe { this.on_stop.get_unchecked_mut() });
            // SAFETY: it was left with this token, and is still in place.
            if !unsafe { this.env.stop().take_out(on_stop.cast()) } {
                *this.finished = Some(completion);
                if this.waking.shared().word.must_stay() {
                    return Step::Later;
                }
                return match this.finished.take() {
                    Some(completion) => Self::close(this.waking, this.aimed, completion),
                    None => Step::Later,
                };
            }
        }
        Self::close(this.waking, this.aimed, completion)
    }

    fn close(
        waking: &Waking,
        aimed: &mut bool,
        completion: Completion<P::Value, P::Error>,
    ) -> Step<P::Value, P::Error> {
        *aimed = false;
        // SAFETY: this is the operation, which runs.
        unsafe { waking.shared().word.close() };
        Step::Complete(completion)
    }

    /// Runs on the context where the operation was started, or wherever that gives it up.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was posted by a [`Target`].
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        // SAFETY: the caller gives the node of an operation that nobody else touches.
        let operation = unsafe { node.cast::<Self>().as_mut() };
        // SAFETY: the operation is pinned.
        let mut this = unsafe { Pin::new_unchecked(operation) };
        let step = match this.as_mut().project().finished.take() {
            Some(completion) => {
                let this = this.as_mut().project();
                Self::close(this.waking, this.aimed, completion)
            }
            None => this.as_mut().go_on(fate),
        };
        if let Step::Complete(completion) = step {
            // SAFETY: its task goes on with a pass that waited, so that `start` returned `Later`; the word is closed, and
            // posts no other.
            unsafe { complete_caught(this.project().receiver, completion) };
        }
    }

    fn go_on(mut self: Pin<&mut Self>, fate: Fate) -> Step<P::Value, P::Error> {
        self.waking.shared().word.resume();
        let polled = panic_site::catch(|| match fate {
            Fate::Run => self.as_mut().poll(),
            Fate::Abandoned => {
                self.as_mut().project().polls.give_up();
                Some(Completion::Stopped(StopReason::Requested))
            }
        });
        match polled {
            Ok(Some(completion)) => self.finish(completion),
            Ok(None) => self.wait(),
            Err(report) => {
                panic_site::leave(report);
                self.finish(Completion::Stopped(StopReason::Panicked))
            }
        }
    }
}

/// Closes the word if the first poll panics.
struct Closing(Option<Arc<Shared>>);

impl Drop for Closing {
    fn drop(&mut self) {
        if let Some(shared) = &self.0 {
            // SAFETY: the operation polls, and nothing of it is under way any more.
            unsafe { shared.word.close() };
        }
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<P: Polls, R: Receiver<P::Value, P::Error>> Operation for PollOperation<P, R> {
    type Value = P::Value;
    type Error = P::Error;
    type Receiver = R;

    unsafe fn start(mut self: Pin<&mut Self>) -> Started<P::Value, P::Error> {
        // SAFETY: no pass is under way, as the caller says.
        unsafe { self.waking.shared().word.begin() };
        let mut closing = Closing(Some(Arc::clone(self.waking.shared())));
        let polled = self.as_mut().poll();
        closing.0 = None;
        let step = match polled {
            Some(completion) => self.finish(completion),
            None => self.wait(),
        };
        match step {
            Step::Complete(completion) => Started::Inline(completion),
            Step::Later => Started::Later,
        }
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
