//! Where a sender completes.

use std::pin::Pin;

use crate::completion::{Completion, StopReason};
use crate::panic_site;

/// What an operation completes into when it could not complete inside `start`.
///
/// It is pinned with the operation that owns it. `complete` is called at most once per start, on
/// the context where the pass then is, and is the operation's last act: the receiver may start
/// the same operation again, or drop it, only after its caller has returned (post a task to do so).
///
/// It is `Send`, because a pass may complete on another thread than it was started on.
///
/// If `complete` unwinds because a stage downstream panicked, whoever called it from a task calls
/// it once more with [`StopReason::Panicked`], so that the
/// pass ends all the same. No function of a stage is called for that completion.
///
/// Implementing it is safe: what `complete` is called with, and when, is a promise of the operation. Calling it is not.
///
/// C++26: `receiver`, with `set_value`, `set_error` and `set_stopped` folded into one call.
pub trait Receiver<V, E>: Send {
    /// Takes the completion of the pass.
    ///
    /// # Safety
    ///
    /// Owners free, start again and hand on what has completed, so:
    ///
    /// - a start of the operation that was connected with this receiver has returned, or will return,
    ///   [`Started::Later`](crate::completion::Started::Later), and was not answered yet. A call that unwinds is followed by one
    ///   more, with [`StopReason::Panicked`].
    /// - nothing of that pass is under way any more: no task of it is queued, no callback left. The caller does not touch the
    ///   operation after the call, and neither does its `start` if that has not returned.
    /// - nobody else borrows the receiver during the call.
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>);
}

/// Completes `receiver` from inside a task.
///
/// A context must not see the panic of a stage, and a pass must end all the same: if `complete`
/// unwinds, the receiver is told [`StopReason::Panicked`].
///
/// # Safety
///
/// As for [`Receiver::complete`]; the call that follows one that unwinds is made here.
#[inline]
pub unsafe fn complete_caught<V, E, R>(mut receiver: Pin<&mut R>, completion: Completion<V, E>)
where
    R: Receiver<V, E>,
{
    // SAFETY: passed on to the caller.
    if let Err(report) = panic_site::catch(|| unsafe { receiver.as_mut().complete(completion) }) {
        panic_site::leave(report);
        // SAFETY: as above; the first call has unwound.
        unsafe { receiver.complete(Completion::Stopped(StopReason::Panicked)) };
    }
}

/// A receiver somewhere else, by its pinned address.
///
/// Adaptors whose second operation is made while the first completes (`and`, `or_else`) hand this
/// to the second one.
#[derive(Debug)]
pub struct Forward<R> {
    target: std::ptr::NonNull<R>,
}

impl<R> Forward<R> {
    /// A receiver that forwards to `target`.
    ///
    /// # Safety
    ///
    /// - `target` stays pinned at its address until this value has been dropped.
    /// - nothing else borrows `target` while `complete` runs.
    #[inline]
    pub unsafe fn new(target: Pin<&mut R>) -> Self {
        // SAFETY: the pointee is not moved through the pointer; `complete` pins it again.
        let target = unsafe { Pin::into_inner_unchecked(target) };
        Self { target: std::ptr::NonNull::from(target) }
    }
}

// SAFETY: a `Forward` is used by one thread at a time, as the `R` it stands for would be.
unsafe impl<R: Send> Send for Forward<R> {}

impl<V, E, R: Receiver<V, E>> Receiver<V, E> for Forward<R> {
    #[inline]
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        let mut target = self.target;
        // SAFETY: `new` requires that the target is alive and not borrowed elsewhere.
        let target = unsafe { target.as_mut() };
        // SAFETY: `new` requires that the target is pinned.
        let target = unsafe { Pin::new_unchecked(target) };
        // SAFETY: passed on from the operation that was connected with this, which stands for one of the target.
        unsafe { target.complete(completion) };
    }
}
