//! A hop as an operation: the value waits in it while the task travels.

use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use crate::completion::{Completion, Never, Started, StopReason};
use crate::context::ContextRef;
use crate::env::Env;
use crate::operation::Operation;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::task::{Fate, TaskNode, TaskRef};

/// Completes with a value on another context.
///
/// **Completes** with the value given; inside `start` if the caller is on the context already,
/// else there. **Costs** one task posted, no allocation.
#[derive(Debug)]
pub struct Transfer<V> {
    value: V,
    to: ContextRef,
}

impl<V> Transfer<V> {
    /// Carries `value` to `to`.
    pub const fn new(value: V, to: ContextRef) -> Self {
        Self { value, to }
    }
}

#[diagnostic::do_not_recommend]
impl<V: Send> Sender for Transfer<V> {
    type Value = V;
    type Error = Never;
    type Operation<R: Receiver<V, Never>> = TransferOperation<V, R>;

    fn connect<R: Receiver<V, Never>>(self, receiver: R, _: &Env) -> TransferOperation<V, R> {
        let node = TaskNode::new(TransferOperation::<V, R>::run);
        TransferOperation { node, value: Some(self.value), to: self.to, receiver }
    }
}

/// A [`Transfer`] under way. It carries one value and is not started twice.
#[pin_project]
#[derive(Debug)]
#[repr(C)]
pub struct TransferOperation<V, R> {
    // First, so that the task finds its operation.
    node: TaskNode,
    value: Option<V>,
    to: ContextRef,
    #[pin]
    receiver: R,
}

impl<V, R: Receiver<V, Never>> TransferOperation<V, R> {
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` that `start` queued.
    unsafe fn run(node: NonNull<TaskNode>, fate: Fate) {
        let mut this = node.cast::<Self>();
        // SAFETY: the node stays in place until the operation completes, which is below.
        let this = unsafe { this.as_mut() };
        // SAFETY: the operation was pinned when it was started.
        let this = unsafe { Pin::new_unchecked(this) }.project();
        let completion = match (fate, this.value.take()) {
            (Fate::Run, Some(value)) => Completion::Value(value),
            _ => Completion::Stopped(StopReason::Requested),
        };
        complete_caught(this.receiver, completion);
    }
}

impl<V: Send, R: Receiver<V, Never>> Operation for TransferOperation<V, R> {
    type Value = V;
    type Error = Never;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<V, Never> {
        if self.to.is_here() {
            return match self.project().value.take() {
                Some(value) => Started::Inline(Completion::Value(value)),
                None => Started::Inline(Completion::Stopped(StopReason::Ended)),
            };
        }
        let to = self.to.clone();
        // SAFETY: nothing is moved out through this pointer.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: the operation is pinned until its task has completed it, and this is the only
        // reference to the task.
        let task = unsafe { TaskRef::new(NonNull::from(this).cast()) };
        to.post(task);
        Started::Later
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
