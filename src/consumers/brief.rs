//! A spawned operation that is short in every way: it completes where it is started, and lies in recycled memory.

use std::ptr::NonNull;

use crate::alloc::{AllocError, Policy, Recycling, Request};
use crate::completion::{Completion, Never, StopReason};
use crate::consumers::{Nobody, completed};
use crate::operation::Operation;
use crate::panic_site;
use crate::scope::Association;
use crate::sender::Sender;
use crate::work::{Fate, TaskNode, TaskRef};

/// A sender that waits to be run by the context that its task is posted to, as an operation of a scope.
///
/// It is what [`Spawned`](super::spawned::Spawned) is for any sender and any policy; of a sender that never becomes an operation
/// nobody asks for facts, and the memory of a policy without a state is given back without a handle of it.
#[repr(C)]
pub(super) struct Brief<S> {
    // First, so that the task finds it; see `resume`.
    node: TaskNode,
    association: Association,
    sender: S,
}

impl<S> Brief<S>
where
    S: Sender<Value = (), Error = Never> + Send + 'static,
{
    /// Whether `S` is such a sender.
    pub(super) const FITS: bool = <S::Operation<Nobody> as Operation>::IMMEDIATE;

    #[inline(always)]
    fn request() -> Request {
        Request::operation::<Self, S>()
    }

    /// The task that runs `sender`, which must be posted.
    ///
    /// # Errors
    ///
    /// When the system is out of memory. The sender is dropped then.
    #[inline(always)]
    pub(super) fn task(sender: S, association: Association) -> Result<TaskRef, AllocError> {
        let memory = Recycling.allocate(&Self::request())?.cast::<Self>();
        // SAFETY: the memory is of this type's layout, and ours.
        unsafe { memory.write(Self { node: TaskNode::new(Self::resume), association, sender }) };
        // SAFETY: the node is the first field of memory that stays until its task has been entered, this is the only reference, and
        // sender and association are `Send`.
        Ok(unsafe { TaskRef::new(memory.cast()) })
    }

    /// # Safety
    ///
    /// `node` is the first field of a `Self` that [`task`](Self::task) made.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let this = node.cast::<Self>();
        // SAFETY: the task is entered once, so that it is ours, and is not used after this.
        let Self { association, sender, .. } = unsafe { this.read() };
        // SAFETY: it was allocated so, and all of it was moved out.
        unsafe { Recycling.release(this.cast(), &Self::request()) };
        let ran = match fate {
            Fate::Run => panic_site::catch(|| completed(sender.at_once())),
            Fate::Abandoned => panic_site::catch(|| {
                drop(sender);
                Completion::Stopped(StopReason::Requested)
            }),
        };
        match ran {
            Ok(Completion::Stopped(StopReason::Panicked)) => association.panicked(panic_site::take_left()),
            Ok(_) => {}
            Err(report) => association.panicked(report),
        }
    }
}
