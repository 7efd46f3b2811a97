//! `recv`: the values that come over an edge made by hand.

use crate::completion::Never;
use crate::context::current;
use crate::edge::EdgeReceiver;
use crate::env::Env;
use crate::receiver::Receiver;
use crate::ring::{Auto, Layout};
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

/// Begins a graph with what comes over an edge, from a thread or a graph that holds the other end.
///
/// **Completes** with the next value, inside `start` if one is there, else later; stopped when the
/// sending end is gone and everything it pushed has come.
/// **Runs** where it is started. On a context that parks, whoever pushes calls
/// [`EdgeSender::wake`](crate::edge::EdgeSender::wake) after its push or its burst.
/// **Costs** one pop, no allocation.
///
/// # Examples
///
/// ```
/// use fusewire::edge::{Pushed, edge};
/// use fusewire::prelude::*;
///
/// let (mut sender, receiver) = edge::<u32>(8)?;
/// assert_eq!(sender.push(21), Pushed::Ok);
/// assert_eq!(block_on(recv(receiver).map(|n| n * 2)), Completion::Value(42));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub const fn recv<T: Send, L: Layout>(edge: EdgeReceiver<T, L>) -> Recv<T, L> {
    Recv { edge, wakes: false }
}

/// The sender of [`recv`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug)]
pub struct Recv<T, L: Layout = Auto> {
    edge: EdgeReceiver<T, L>,
    // Whether the sending end knows the context that waits here.
    wakes: bool,
}

impl<T: Send, L: Layout> Recv<T, L> {
    /// Nothing to pop: because the edge was closed, or just now.
    fn empty(&mut self) -> Taken<T, Never> {
        if self.edge.is_closed() {
            // What was pushed before the close is visible since.
            return self.edge.pop().map_or(Taken::Ended, Taken::Value);
        }
        if !self.wakes
            && let Some(context) = current()
        {
            self.wakes = true;
            if context.must_be_woken() {
                self.edge.woken_by(context);
                // Whoever pushed before it knew whom to wake is seen by a second look.
                return self.edge.pop().map_or(Taken::Empty, Taken::Value);
            }
        }
        Taken::Empty
    }
}

impl<T: Send, L: Layout> Source for Recv<T, L> {
    type Value = T;
    type Error = Never;

    const BURSTS: bool = true;

    #[inline(always)]
    fn take(&mut self) -> Taken<T, Never> {
        match self.edge.pop() {
            Some(value) => Taken::Value(value),
            None => self.empty(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send, L: Layout> Sender for Recv<T, L> {
    type Value = T;
    type Error = Never;
    type Operation<R: Receiver<T, Never>> = SourceOperation<Self, R>;

    fn connect<R: Receiver<T, Never>>(self, receiver: R, env: &Env) -> SourceOperation<Self, R> {
        SourceOperation::new(self, receiver, env)
    }
}
