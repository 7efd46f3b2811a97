//! `from_iter`: the items of an iterator, one a pass.

use crate::completion::Never;
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, Taken};
use crate::sources::ReadyOperation;

/// Begins a graph with the items of an iterator, one a pass.
///
/// **Completes** inside `start` with the next item; after the last one as stopped, with
/// [`StopReason::Ended`](crate::completion::StopReason::Ended).
/// **Runs** where it is started.
/// **Costs** what the iterator's `next` costs.
///
/// futures: `stream::iter`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let mut sum = 0;
/// let _ = block_on(from_iter(1..=4).for_each(|n| sum += n).repeat(4));
/// assert_eq!(sum, 10);
/// ```
#[inline]
pub fn from_iter<I: IntoIterator>(items: I) -> FromIter<I::IntoIter>
where
    I::IntoIter: Send,
{
    FromIter { items: items.into_iter(), ended: false }
}

/// The sender of [`from_iter`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct FromIter<I> {
    items: I,
    // INVARIANT: true once the iterator has returned `None`; it is not asked again then.
    ended: bool,
}

opaque!(FromIter<I>);

impl<I: Iterator> Source for FromIter<I> {
    type Value = I::Item;
    type Error = Never;

    #[inline]
    fn take(&mut self) -> Taken<I::Item, Never> {
        if self.ended {
            return Taken::Ended;
        }
        match self.items.next() {
            Some(item) => Taken::Value(item),
            None => {
                self.ended = true;
                Taken::Ended
            }
        }
    }
}

impl<I: Iterator + Send> Sender for FromIter<I> {
    type Value = I::Item;
    type Error = Never;
    type Operation<R: Receiver<I::Item, Never>> = ReadyOperation<Self, R>;

    #[inline]
    fn connect<R: Receiver<I::Item, Never>>(self, receiver: R, _: &Env) -> Self::Operation<R> {
        ReadyOperation::new(self, receiver)
    }
}
