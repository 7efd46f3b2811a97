//! A connected sender: pinned from `start` until it completes.

use std::pin::Pin;

use crate::completion::Started;
use crate::receiver::Receiver;

/// The state of one connected sender.
///
/// ```text
///            start                    complete
///  idle ───────────────▶ under way ───────────────▶ idle
///   │  └── Started::Later                             ▲
///   └───── Started::Inline(completion) ───────────────┘
/// ```
///
/// `start` may complete *inline* and say so by its return value; the receiver is then not called.
/// That is why a graph that repeats needs no recursion and no trampoline: whoever started the
/// operation is a loop. An idle operation may be started again; each start is one pass.
///
/// From `start` until it completes an operation must be neither moved nor dropped. Dropping an
/// idle operation, started before or not, is always allowed.
///
/// It is `Send`, because a pass may complete on another thread than it was started on.
///
/// # Implementing it
///
/// When `start` unwinds, nothing of the operation is under way any more. An operation that starts
/// several others catches the panic of one ([`Panicked`](crate::completion::StopReason::Panicked))
/// and completes when all of them have.
///
/// The promise below is short. What is long is that of [`Receiver::complete`], which an operation calls. Most need neither: a
/// [`Source`](crate::source::Source) is a sender by [`source`](crate::sources::source()), a future by
/// [`from_future`](crate::future::from_future()), a function by [`from_fn`](crate::sources::from_fn) or
/// [`poll_fn`](crate::sources::poll_fn).
///
/// C++26: `operation_state`; its `start` always calls the receiver.
///
/// # Safety
///
/// Adaptors keep what they know of a pass in the receiver that they hand to `connect`, and owners do without what `IMMEDIATE` says
/// is not needed, so:
///
/// - [`receiver`](Self::receiver) gives the receiver that came in with `connect`, which lies inside of this operation: always the
///   same one.
/// - if [`IMMEDIATE`](Self::IMMEDIATE), neither [`start`](Self::start) nor [`rest`](Self::rest) returns [`Started::Later`]; and it
///   is the same for every receiver.
pub unsafe trait Operation: Send {
    /// What a pass makes.
    type Value;
    /// How a pass fails; [`Never`](crate::completion::Never) if it cannot.
    type Error;
    /// Where a pass completes that did not complete inside `start`.
    type Receiver: Receiver<Self::Value, Self::Error>;

    /// Whether every pass completes inside [`start`](Self::start), whatever the operation was connected with: its
    /// owner need not prepare for [`Started::Later`], and need not know the facts that it is connected with.
    const IMMEDIATE: bool = false;

    /// Begins one pass.
    ///
    /// # Safety
    ///
    /// - no pass of this operation is under way.
    /// - if this returns [`Started::Later`], the operation is neither touched nor dropped until its
    ///   receiver has been called.
    ///
    /// # Panics
    ///
    /// When a stage panics inside `start`. The operation is idle then.
    unsafe fn start(self: Pin<&mut Self>) -> Started<Self::Value, Self::Error>;

    /// Begins one pass more with what adaptors have gathered of earlier passes, such as a batch that
    /// is not full; nothing is asked of the source. None if nothing is left.
    ///
    /// Whoever ends a graph before its source does calls it until there is nothing left.
    ///
    /// # Safety
    ///
    /// As for [`start`](Self::start).
    ///
    /// # Panics
    ///
    /// As `start` does.
    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<Self::Value, Self::Error>> {
        None
    }

    /// The receiver that came in with `connect`.
    ///
    /// An adaptor keeps its function in the receiver that it hands down; after an inline
    /// completion it finds the function here.
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut Self::Receiver>;
}
