//! The end of a context that nobody holds any more: behind all that was posted to it.

use std::ptr::NonNull;
use std::sync::Arc;

use super::Context;
use super::front::Front;
use crate::work::{Fate, TaskNode, TaskRef};

impl Front {
    /// Ends the host behind everything that was posted before, so that it is run; unlike [`close`](Self::close), which may come in
    /// the middle of a trip, between the look for tasks and the look whether to end.
    ///
    /// **Costs** an allocation.
    pub(super) fn close_behind(self: &Arc<Self>) {
        let closing = Box::new(Closing { node: TaskNode::new(Closing::close), front: Arc::clone(self) });
        // SAFETY: it is leaked, this is the one reference, and an `Arc` may be dropped on any thread.
        self.post(unsafe { TaskRef::new(NonNull::from(Box::leak(closing)).cast()) });
    }
}

/// Ends a host from inside.
#[repr(C)]
struct Closing {
    // First, so that the task finds it; see `close`.
    node: TaskNode,
    front: Arc<Front>,
}

impl Closing {
    /// # Safety
    ///
    /// `node` is that of one that was leaked for its task.
    unsafe fn close(node: NonNull<TaskNode>, _: Fate) {
        // SAFETY: the caller says so, and its task is entered once.
        let closing = unsafe { Box::from_raw(node.cast::<Self>().as_ptr()) };
        closing.front.close();
    }
}
