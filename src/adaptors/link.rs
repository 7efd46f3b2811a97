//! How an adaptor sits between the sender before it and the receiver after it.

use std::pin::Pin;

use pin_project::pin_project;

use crate::completion::{Completion, Started};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The receiver that an adaptor hands to the sender before it.
///
/// It holds what the adaptor does (its function, or a second operation) and the receiver that
/// comes next. Whatever way a pass arrives, by the return value of `start` or by
/// [`Receiver::complete`], it takes the same step: [`advance`](Self::advance).
///
/// # Safety
///
/// Whoever starts the operation before takes a pass into the link and on to what comes next by these two alone, so:
///
/// - [`next`](Self::next) gives the receiver that the adaptor was connected with, which lies inside of this link: always the same one.
/// - if [`IMMEDIATE`](Self::IMMEDIATE), no [`advance`](Self::advance) returns [`Started::Later`].
pub unsafe trait Link<V, E>: Receiver<V, E> {
    /// What a pass makes after this adaptor.
    type Value;
    /// How a pass fails after this adaptor.
    type Error;
    /// The receiver that comes next.
    type Next: Receiver<Self::Value, Self::Error>;

    /// Whether every [`advance`](Self::advance) completes at once, as [`Operation::IMMEDIATE`] says it
    /// of a start.
    const IMMEDIATE: bool = false;

    /// Takes the pass through the adaptor.
    ///
    /// # Safety
    ///
    /// - no earlier pass is under way in this link.
    /// - if this returns [`Started::Later`], the link is neither touched nor dropped until
    ///   [`next`](Self::next) has been completed.
    unsafe fn advance(self: Pin<&mut Self>, arrived: Completion<V, E>) -> Started<Self::Value, Self::Error>;

    /// What the adaptor has gathered of earlier passes, taken further; see [`Operation::rest`].
    ///
    /// # Safety
    ///
    /// As for [`advance`](Self::advance).
    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<Self::Value, Self::Error>> {
        None
    }

    /// The receiver that comes next.
    fn next(self: Pin<&mut Self>) -> Pin<&mut Self::Next>;
}

/// The body of a link's [`Receiver::complete`]: goes through the adaptor, and on.
///
/// # Safety
///
/// The caller is `link`'s own `complete`, and passes on what that was called with.
#[inline]
pub unsafe fn complete_link<V, E, L: Link<V, E>>(mut link: Pin<&mut L>, arrived: Completion<V, E>) {
    // SAFETY: the pass arrives here, so that it is not under way further down; the operation
    // round the link stays until the receiver at its end has been called.
    match unsafe { link.as_mut().advance(arrived) } {
        // SAFETY: the operation before has returned `Later`, so that the one round the link does; the pass is under way nowhere
        // any more.
        Started::Inline(completion) => unsafe { link.next().complete(completion) },
        Started::Later => {}
    }
}

/// The operation of every adaptor of one sender: the operation before it, connected to its link.
///
/// It is exactly as large as that operation, which holds the link as its receiver.
#[pin_project]
pub struct Linked<O> {
    #[pin]
    inner: O,
}

opaque!(Linked<O>);

/// Connects `sender` to the link of its adaptor.
#[inline]
pub fn connect_link<S, L>(sender: S, link: L, env: &Env) -> Linked<S::Operation<L>>
where
    S: Sender,
    L: Link<S::Value, S::Error>,
{
    Linked { inner: sender.connect(link, env) }
}

// SAFETY: `receiver` gives what the link of the operation inside says comes next, which is always the same, as is that link; if
// both are immediate, nothing is left under way between them.
unsafe impl<O> Operation for Linked<O>
where
    O: Operation,
    O::Receiver: Link<O::Value, O::Error>,
{
    type Value = <O::Receiver as Link<O::Value, O::Error>>::Value;
    type Error = <O::Receiver as Link<O::Value, O::Error>>::Error;
    type Receiver = <O::Receiver as Link<O::Value, O::Error>>::Next;

    const IMMEDIATE: bool = O::IMMEDIATE && <O::Receiver as Link<O::Value, O::Error>>::IMMEDIATE;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<Self::Value, Self::Error> {
        let mut inner = self.project().inner;
        // SAFETY: no pass of this operation is under way, hence none of the inner one; the caller
        // keeps both in place until the last receiver has been called.
        match unsafe { inner.as_mut().start() } {
            // SAFETY: as above; the inner operation is idle again.
            Started::Inline(completion) => unsafe { inner.receiver().advance(completion) },
            Started::Later => Started::Later,
        }
    }

    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<Self::Value, Self::Error>> {
        let mut inner = self.project().inner;
        // SAFETY: as for `start`.
        match unsafe { inner.as_mut().rest() } {
            // SAFETY: as above; the inner operation is idle again.
            Some(Started::Inline(completion)) => Some(unsafe { inner.receiver().advance(completion) }),
            Some(Started::Later) => Some(Started::Later),
            // SAFETY: as above; nothing was begun.
            None => unsafe { inner.receiver().rest() },
        }
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut Self::Receiver> {
        self.project().inner.receiver().next()
    }
}
