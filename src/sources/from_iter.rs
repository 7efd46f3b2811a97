//! `from_iter`: the items of an iterator, one a pass.

use crate::completion::Never;
use crate::env::Env;
use crate::function::{Fits, Misfits, Nothing};
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
pub fn from_iter<I: Items<M, Iter: Send>, M>(items: I) -> FromIter<I::Iter> {
    FromIter { items: items.iter(), ended: false }
}

/// What [`from_iter`] takes: whatever is [`IntoIterator`].
///
/// `M` is a marker, and what is no iterator has no `Iter`; see [`function`](crate::function) for why.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no items to iterate over",
    label = "expected an iterator here",
    note = "help: give a range such as `0..10`, a collection, or an iterator; for one value use `just(..)`"
)]
pub trait Items<M> {
    /// The iterator.
    type Iter: Iterator;

    /// The iterator.
    fn iter(self) -> Self::Iter;
}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator> Items<Fits> for I {
    type Iter = I::IntoIter;

    #[inline]
    fn iter(self) -> I::IntoIter {
        self.into_iter()
    }
}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator + Nothing> Items<Misfits> for I {
    type Iter = I::IntoIter;

    #[inline]
    fn iter(self) -> I::IntoIter {
        self.into_iter()
    }
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

#[diagnostic::do_not_recommend]
impl<I: Iterator + Send> Sender for FromIter<I> {
    type Value = I::Item;
    type Error = Never;
    type Operation<R: Receiver<I::Item, Never>> = ReadyOperation<Self, R>;

    #[inline]
    fn connect<R: Receiver<I::Item, Never>>(self, receiver: R, _: &Env) -> Self::Operation<R> {
        ReadyOperation::new(self, receiver)
    }
}
