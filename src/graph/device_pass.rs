//! A hop to a device for a single pass: there, through the kernels, and on with what they made.

use std::fmt;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pin_project::pin_project;

use crate::completion::{Completion, Never, Started, StopReason};
use crate::context::ContextRef;
use crate::device::{Device, DeviceError, Gather, Queue, Tally};
use crate::env::Env;
use crate::graph::kernels::Kernels;
use crate::graph::places;
use crate::kernel::Data;
use crate::operation::Operation;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::task::{Fate, TaskNode, TaskRef};

/// What became of a value that was carried to a device.
#[derive(Debug)]
pub enum Computed<V, U> {
    /// The device computed it.
    Device(U),
    /// The device failed, and the value is to go through the functions.
    Host(V),
    /// The device failed.
    Failed(Box<DeviceError>),
}

type Held<Q, V, U> = Option<Gather<Q, V, U>>;

/// The queue of a machine, opened by its first pass and kept for those after it.
pub struct PassSlot<Q, V, U> {
    // Locked by one pass at a time: a machine runs them one after the other.
    held: Arc<Mutex<Held<Q, V, U>>>,
}

impl<Q, V, U> PassSlot<Q, V, U> {
    pub(super) fn new() -> Self {
        Self { held: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Held<Q, V, U>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Q, V, U> Clone for PassSlot<Q, V, U> {
    fn clone(&self) -> Self {
        Self { held: Arc::clone(&self.held) }
    }
}

impl<Q, V, U> fmt::Debug for PassSlot<Q, V, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassSlot").finish_non_exhaustive()
    }
}

type Opener<Q, V, U> = Box<dyn FnOnce() -> Result<Gather<Q, V, U>, DeviceError> + Send>;

/// Computes a value on a device, in a batch of one.
///
/// **Completes** on the device's context. **Costs** one task posted, and one for each look at the
/// batch; opening the queue at the first pass.
pub struct DevicePass<Q, V, U> {
    value: V,
    to: ContextRef,
    slot: PassSlot<Q, V, U>,
    opener: Option<Opener<Q, V, U>>,
    fallback: bool,
}

impl<Q, V: fmt::Debug, U> fmt::Debug for DevicePass<Q, V, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevicePass").field("value", &self.value).finish_non_exhaustive()
    }
}

impl<Q: Queue, V: Data, U: Data> DevicePass<Q, V, U> {
    pub(super) fn new<C, K>(
        value: V,
        device: &C,
        slot: &PassSlot<Q, V, U>,
        kernels: impl FnOnce() -> K,
    ) -> Self
    where
        C: Device<Queue = Q>,
        K: Kernels,
    {
        let opener = slot.lock().is_none().then(|| {
            let mut functions = Vec::new();
            kernels().describe(&mut functions);
            let device = device.clone();
            let open = move || places::open_queue(&device, &functions, Tally::new());
            Box::new(open) as Opener<Q, V, U>
        });
        let fallback = device.fallback().is_some();
        Self { value, to: device.context().clone(), slot: slot.clone(), opener, fallback }
    }
}

impl<Q: Queue, V: Data, U: Data> Sender for DevicePass<Q, V, U> {
    type Value = Computed<V, U>;
    type Error = Never;
    type Operation<R: Receiver<Computed<V, U>, Never>> = DevicePassOperation<Q, V, U, R>;

    fn connect<R: Receiver<Computed<V, U>, Never>>(self, receiver: R, _: &Env) -> Self::Operation<R> {
        let node = TaskNode::new(DevicePassOperation::<Q, V, U, R>::run);
        DevicePassOperation { node, pass: self, under_way: false, receiver }
    }
}

/// A [`DevicePass`] under way. It carries one value and is not started twice.
#[pin_project]
#[repr(C)]
pub struct DevicePassOperation<Q, V, U, R> {
    // First, so that the task finds its operation.
    node: TaskNode,
    pass: DevicePass<Q, V, U>,
    // Whether the device has the value.
    under_way: bool,
    #[pin]
    receiver: R,
}

impl<Q, V: fmt::Debug, U, R> fmt::Debug for DevicePassOperation<Q, V, U, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevicePassOperation").field("pass", &self.pass).finish_non_exhaustive()
    }
}

impl<Q: Queue, V: Data, U: Data> DevicePass<Q, V, U> {
    /// Does what can be done now; what became of the value, if that is known.
    fn step(&mut self, under_way: &mut bool) -> Option<Computed<V, U>> {
        let mut held = self.slot.lock();
        if held.is_none()
            && let Some(open) = self.opener.take()
        {
            match open() {
                Ok(gather) => *held = Some(gather),
                Err(error) => {
                    drop(held);
                    return Some(self.failed(error));
                }
            }
        }
        let Some(gather) = held.as_mut() else {
            drop(held);
            let error = DeviceError::lost(self.to.name(), "a pass before this one was given up half way");
            return Some(self.failed(error));
        };
        if !*under_way && gather.failed().is_none() {
            *under_way = true;
            gather.put(&self.value);
            gather.flush();
        }
        gather.turn();
        if let Some(error) = gather.failed() {
            let error = error.clone();
            // What is left of the device goes at once; the next machine opens it anew.
            *held = None;
            drop(held);
            return Some(self.failed(error));
        }
        gather.take().map(Computed::Device)
    }

    fn failed(&self, error: DeviceError) -> Computed<V, U> {
        if self.fallback { Computed::Host(self.value) } else { Computed::Failed(Box::new(error)) }
    }
}

impl<Q: Queue, V: Data, U: Data, R: Receiver<Computed<V, U>, Never>> DevicePassOperation<Q, V, U, R> {
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was queued.
    unsafe fn run(node: NonNull<TaskNode>, fate: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the node stays in place until the operation completes, which is below.
        let operation = unsafe { operation.as_mut() };
        // SAFETY: the operation was pinned when it was started.
        let mut this = unsafe { Pin::new_unchecked(operation) };
        if fate == Fate::Abandoned {
            // A result that nobody takes must not be the next pass's.
            *this.as_mut().project().pass.slot.lock() = None;
            complete_caught(this.project().receiver, Completion::Stopped(StopReason::Requested));
            return;
        }
        if let Some(computed) = this.as_mut().advance() {
            complete_caught(this.project().receiver, Completion::Value(computed));
        }
    }

    /// On the device's context: goes on as far as possible, and waits there if that is not the end.
    fn advance(mut self: Pin<&mut Self>) -> Option<Computed<V, U>> {
        let this = self.as_mut().project();
        if let Some(computed) = this.pass.step(this.under_way) {
            return Some(computed);
        }
        let deadline = this.pass.slot.lock().as_ref().and_then(Gather::deadline);
        let to = this.pass.to.clone();
        to.post_waiting(self.task(), deadline);
        None
    }

    fn task(self: Pin<&mut Self>) -> TaskRef {
        // SAFETY: nothing is moved out through this pointer.
        let this = unsafe { self.get_unchecked_mut() };
        this.node = TaskNode::new(Self::run);
        // SAFETY: the operation is pinned until its task has completed it, and this is the only
        // reference to the task: the one before was used up by the call that makes this one.
        unsafe { TaskRef::new(NonNull::from(this).cast()) }
    }
}

impl<Q: Queue, V: Data, U: Data, R: Receiver<Computed<V, U>, Never>> Operation
    for DevicePassOperation<Q, V, U, R>
{
    type Value = Computed<V, U>;
    type Error = Never;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<Computed<V, U>, Never> {
        if self.pass.to.is_here() {
            return match self.advance() {
                Some(computed) => Started::Inline(Completion::Value(computed)),
                None => Started::Later,
            };
        }
        let to = self.pass.to.clone();
        to.post(self.task());
        Started::Later
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
