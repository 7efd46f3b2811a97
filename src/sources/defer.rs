//! `defer`: a sender that is made when the pass begins.

use crate::adaptors::{And, SenderExt};
use crate::sender::Sender;
use crate::sources::{Just, just};

/// Begins a graph with the sender that `f` makes, at every pass anew.
///
/// **Completes** as that sender does.
/// **Runs** where it is started.
/// **Costs** the call and a `connect` per pass.
///
/// libunifex: `defer`. futures: `lazy`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let mut session = 0;
/// let login = defer(move || {
///     session += 1;
///     just(session)
/// });
/// assert_eq!(block_on(login.repeat(3)), Completion::Value(3));
/// ```
#[inline]
pub fn defer<S: Sender, F: FnMut() -> S + Send>(mut f: F) -> And<Just<()>, impl FnMut(()) -> S + Send> {
    just(()).and(move |()| f())
}
