//! A stop source for what stands inside, linked to the stop token from outside.

use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use crate::completion::{Completion, Started, StopReason};
use crate::consumers::{Nobody, completed};
use crate::context::{ContextRef, current};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::panic_site;
use crate::primitive::{AtomicU8, Ordering};
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::stop::{Left, Recycled, StopCallback, StopToken};
use crate::work::{Fate, TaskNode, TaskRef};

/// Senders that share a stop source.
#[doc(hidden)]
#[allow(private_interfaces, reason = "implemented in this crate alone")]
pub trait Arms {
    /// The arms as one sender.
    type Sender: Sender;

    /// What a stop from outside is passed on to.
    fn source(&self) -> Recycled {
        Recycled::new()
    }

    /// Gives the arms what they ask each other to stop by.
    fn with_stop(self, stop: Recycled) -> Self::Sender;
}

/// A sender that is asked to stop from outside as before, and by its own arms besides.
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct LinkedStop<M> {
    arms: M,
}

impl<M> LinkedStop<M> {
    #[inline]
    pub(crate) const fn new(arms: M) -> Self {
        Self { arms }
    }
}

/// What stands inside, connected.
type Inner<M, R> = <<M as Arms>::Sender as Sender>::Operation<LinkedReceiver<Value<M>, Error<M>, R>>;
type Value<M> = <<M as Arms>::Sender as Sender>::Value;
type Error<M> = <<M as Arms>::Sender as Sender>::Error;

#[diagnostic::do_not_recommend]
impl<M: Arms<Sender: Sender<Value: Send, Error: Send>>> Sender for LinkedStop<M> {
    type Value = Value<M>;
    type Error = Error<M>;
    type Operation<R: Receiver<Value<M>, Error<M>>> = LinkedStopOperation<Inner<M, R>, R>;

    #[inline]
    fn connect<R: Receiver<Value<M>, Error<M>>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        // Arms that complete inside `start` are never under way while another one runs.
        let immediate = const { <Inner<M, R> as Operation>::IMMEDIATE };
        let source = if immediate { Recycled::none() } else { self.arms.source() };
        let outer = if immediate { StopToken::never() } else { env.stop().clone() };
        let stop = source.share();
        let receiver = LinkedReceiver {
            link: Link {
                callback: StopCallback::new(forward),
                source,
                met: AtomicU8::new(0),
                context: None,
                node: None,
                seen: Seen::new(),
            },
            outer,
            left: false,
            kept: None,
            next: receiver,
        };
        let arms = self.arms.with_stop(stop);
        let inner = if immediate {
            arms.connect(receiver, env)
        } else {
            let env = env.clone().with_stop(receiver.link.source.token());
            arms.connect(receiver, &env)
        };
        LinkedStopOperation {
            node: TaskNode::new(LinkedStopOperation::<Inner<M, R>, R>::resume),
            inner,
            _receiver: std::marker::PhantomData,
        }
    }

    #[inline]
    fn at_once(self) -> Result<Completion<Value<M>, Error<M>>, Self> {
        if <<M::Sender as Sender>::Operation<Nobody> as Operation>::IMMEDIATE {
            Ok(completed(self.arms.with_stop(Recycled::none()).at_once()))
        } else {
            Err(self)
        }
    }
}

/// What the callback reaches. Its address is that of its callback.
#[repr(C)]
struct Link {
    callback: StopCallback,
    source: Recycled,
    // Who of the two that meet here has come: what stands inside, which has completed, and the callback,
    // which was not taken out in time. The second one goes on.
    met: AtomicU8,
    // Where the pass goes on; written before what stands inside comes to the meeting.
    context: Option<ContextRef>,
    // INVARIANT: the first field of the operation round us, set before the first pass.
    node: Option<NonNull<TaskNode>>,
    seen: Seen,
}

/// What the model checker sees of the two who meet; nothing elsewhere.
struct Seen {
    #[cfg(all(test, loom))]
    source: crate::primitive::UnsafeCell<()>,
    #[cfg(all(test, loom))]
    completion: crate::primitive::UnsafeCell<()>,
}

impl Seen {
    #[inline(always)]
    fn new() -> Self {
        Self {
            #[cfg(all(test, loom))]
            source: crate::primitive::UnsafeCell::new(()),
            #[cfg(all(test, loom))]
            completion: crate::primitive::UnsafeCell::new(()),
        }
    }

    /// The caller alone has the source: the callback until the meeting, and then who goes on.
    #[inline(always)]
    fn source(&self) {
        #[cfg(all(test, loom))]
        self.source.with_mut(|_| ());
    }

    /// The caller alone has what was kept: who completes until the meeting, and then who goes on.
    #[inline(always)]
    fn completion(&self) {
        #[cfg(all(test, loom))]
        self.completion.with_mut(|_| ());
    }
}

/// Where what stands inside completes.
#[pin_project]
pub struct LinkedReceiver<V, E, R> {
    #[pin]
    link: Link,
    outer: StopToken,
    // Whether the callback was left with `outer`, and has not been taken out.
    left: bool,
    // INVARIANT: `Some` while the completion waits for the callback.
    kept: Option<Completion<V, E>>,
    #[pin]
    next: R,
}

opaque!(LinkedReceiver<V, E, R>);

// SAFETY: the node leads to the operation that owns us, which is `Send`; the callback reaches the source,
// which is `Sync`, and the rest of the link only after the meeting.
unsafe impl<V: Send, E: Send, R: Send> Send for LinkedReceiver<V, E, R> {}

/// The first that comes to the meeting finds nobody.
const NOBODY: u8 = 0;
const SOMEBODY: u8 = 1;

/// Passes a stop from outside on, and completes the pass if that only waited for this.
///
/// # Safety
///
/// `callback` is that of a `Link` whose operation is pinned and under way.
unsafe fn forward(callback: NonNull<StopCallback>) {
    let link = callback.cast::<Link>();
    // SAFETY: the callback is the first field of the link, which stays until the meeting, and whose source
    // nobody changes before.
    unsafe { &(*link.as_ptr()).source }.request_stop();
    // SAFETY: as above.
    unsafe { &(*link.as_ptr()).seen }.source();
    // SAFETY: as above.
    let met = unsafe { &(*link.as_ptr()).met };
    // ORDERING: release for the request above; acquire pairs with the release of `meets`, after which the
    // link is ours.
    if met.swap(SOMEBODY, Ordering::AcqRel) == NOBODY {
        return;
    }
    // SAFETY: what stands inside has completed, and left everything to us.
    let link = unsafe { &mut *link.as_ptr() };
    link.seen.completion();
    let (context, node) = (link.context.take(), link.node);
    let Some(node) = node else { return };
    // SAFETY: the node is the first field of the pinned operation, no task of it is queued, and the
    // operation is `Send`.
    let task = unsafe { TaskRef::new(node) };
    match context {
        Some(context) => context.post(task),
        None => task.run(),
    }
}

impl<V, E, R> LinkedReceiver<V, E, R> {
    /// Links the source to the token from outside, for one pass.
    ///
    /// # Safety
    ///
    /// The receiver stays pinned until the pass has [come to its end](Self::ends).
    unsafe fn begin(self: Pin<&mut Self>, node: NonNull<TaskNode>) {
        let this = self.project();
        this.link.source.reset();
        // SAFETY: nothing is moved through the pointer.
        let link = unsafe { this.link.get_unchecked_mut() };
        link.node = Some(node);
        // ORDERING: relaxed, no pass is under way.
        link.met.store(NOBODY, Ordering::Relaxed);
        // The callback reaches the whole link: the pointer is made from that.
        let callback = NonNull::from(&mut *link).cast::<StopCallback>();
        // SAFETY: the caller keeps it until `ends`, which takes it out or waits for the function; it is
        // left with no token, because the pass before has ended.
        match unsafe { this.outer.leave(callback) } {
            Left::Waits => *this.left = true,
            Left::Requested => link.source.request_stop(),
            Left::NoSource => {}
        }
    }

    /// What stands inside has completed. The completion to go on with, or none if the callback does.
    fn ends(self: Pin<&mut Self>, completion: Completion<V, E>) -> Option<Completion<V, E>> {
        let this = self.project();
        if !std::mem::take(this.left) {
            return Some(completion);
        }
        // SAFETY: nothing is moved through the pointer.
        let link = NonNull::from(unsafe { this.link.get_unchecked_mut() });
        // SAFETY: it was left with this token, which said so, and is still there.
        if unsafe { this.outer.take_out(link.cast()) } {
            return Some(completion);
        }
        *this.kept = Some(completion);
        // SAFETY: the callback looks at it after the meeting only.
        unsafe { (*link.as_ptr()).context = current() };
        // SAFETY: the link is there until both have met.
        let met = unsafe { &(*link.as_ptr()).met };
        // SAFETY: as above.
        let seen = unsafe { &(*link.as_ptr()).seen };
        seen.completion();
        // ORDERING: release publishes what was kept; acquire pairs with the release of `forward`.
        if met.swap(SOMEBODY, Ordering::AcqRel) == NOBODY {
            return None;
        }
        seen.source();
        this.kept.take()
    }
}

impl<V: Send, E: Send, R: Receiver<V, E>> Receiver<V, E> for LinkedReceiver<V, E, R> {
    unsafe fn complete(mut self: Pin<&mut Self>, completion: Completion<V, E>) {
        if let Some(completion) = self.as_mut().ends(completion) {
            // SAFETY: the operation inside has completed, later than its start, and `ends` has left the completion to this call.
            unsafe { self.project().next.complete(completion) };
        }
    }
}

/// The operation of [`LinkedStop`].
#[pin_project]
#[repr(C)]
pub struct LinkedStopOperation<O, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    node: TaskNode,
    #[pin]
    inner: O,
    _receiver: std::marker::PhantomData<fn() -> R>,
}

opaque!(LinkedStopOperation<O, R>);

impl<O, R> LinkedStopOperation<O, R>
where
    O: Operation<Receiver = LinkedReceiver<<O as Operation>::Value, <O as Operation>::Error, R>>,
    O::Value: Send,
    O::Error: Send,
    R: Receiver<O::Value, O::Error>,
{
    /// Completes a pass that waited for the callback.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was queued by `forward`.
    unsafe fn resume(node: NonNull<TaskNode>, _: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches.
        let operation = unsafe { operation.as_mut() };
        // SAFETY: the node is the first field of an operation that is pinned.
        let operation = unsafe { Pin::new_unchecked(operation) };
        let receiver = operation.project().inner.receiver().project();
        let completion = receiver.kept.take().unwrap_or(Completion::Stopped(StopReason::Requested));
        // SAFETY: a completion that met the callback was left to this task alone, and `start` returned `Later` for it.
        unsafe { complete_caught(receiver.next, completion) };
    }
}

// SAFETY: `receiver` gives what lies in the receiver of the operation inside, which `connect` put there and that operation
// always gives; where that completes inside its start no callback is left to wait for.
unsafe impl<O, R> Operation for LinkedStopOperation<O, R>
where
    O: Operation<Receiver = LinkedReceiver<<O as Operation>::Value, <O as Operation>::Error, R>>,
    O::Value: Send,
    O::Error: Send,
    R: Receiver<O::Value, O::Error>,
{
    type Value = O::Value;
    type Error = O::Error;
    type Receiver = R;
    const IMMEDIATE: bool = O::IMMEDIATE;

    #[inline]
    unsafe fn start(mut self: Pin<&mut Self>) -> Started<O::Value, O::Error> {
        if O::IMMEDIATE {
            // SAFETY: passed on to the caller.
            return unsafe { self.project().inner.start() };
        }
        // SAFETY: nothing is moved through the pointer.
        let node = NonNull::from(unsafe { self.as_mut().get_unchecked_mut() }).cast();
        let mut inner = self.project().inner;
        // SAFETY: the caller keeps the operation until its receiver has been called.
        unsafe { inner.as_mut().receiver().begin(node) };
        // A panic may not unwind from here while the callback is linked.
        // SAFETY: passed on to the caller.
        let completion = match panic_site::catch(|| unsafe { inner.as_mut().start() }) {
            Ok(Started::Later) => return Started::Later,
            Ok(Started::Inline(completion)) => completion,
            Err(report) => {
                panic_site::leave(report);
                Completion::Stopped(StopReason::Panicked)
            }
        };
        inner.receiver().ends(completion).map_or(Started::Later, Started::Inline)
    }

    unsafe fn rest(mut self: Pin<&mut Self>) -> Option<Started<O::Value, O::Error>> {
        // SAFETY: nothing is moved through the pointer.
        let node = NonNull::from(unsafe { self.as_mut().get_unchecked_mut() }).cast();
        let mut inner = self.project().inner;
        // SAFETY: the caller keeps the operation until its receiver has been called.
        unsafe { inner.as_mut().receiver().begin(node) };
        // SAFETY: passed on to the caller.
        let rest = match panic_site::catch(|| unsafe { inner.as_mut().rest() }) {
            Ok(Some(Started::Later)) => return Some(Started::Later),
            Ok(Some(Started::Inline(completion))) => Some(completion),
            Ok(None) => None,
            Err(report) => {
                panic_site::leave(report);
                Some(Completion::Stopped(StopReason::Panicked))
            }
        };
        let nothing = rest.is_none();
        // Where nothing was left but the callback is under way, the pass is one that was asked to stop.
        let completion = rest.unwrap_or(Completion::Stopped(StopReason::Requested));
        match inner.receiver().ends(completion) {
            None => Some(Started::Later),
            Some(_) if nothing => None,
            Some(completion) => Some(Started::Inline(completion)),
        }
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().inner.receiver().project().next
    }
}

#[cfg(all(test, loom))]
mod model;
