//! `recv`: the values that come over an edge.

use crate::completion::Never;
use crate::context::current;
use crate::edge::Pop;
use crate::env::Env;
use crate::graph::drawing::Inlets;
use crate::primitive::{Ordering, fence};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

/// Begins a graph with what comes over an edge, from a thread or a graph that holds the other end.
///
/// **Completes** with the next value, inside `start` if one is there, else later; stopped when the
/// sending end is gone and everything it pushed has come.
/// **Runs** where it is started. On a context that parks, whoever pushes calls [`Push::wake`](crate::edge::Push::wake) after its
/// push or its burst; if the edge wakes nobody, as [`Pop::woken_by`] then says, the context does not park but looks again and again.
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
pub const fn recv<P: Pop + Send>(edge: P) -> Recv<P> {
    Recv { edge, wakes: false, looks: false }
}

/// The sender of [`recv`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug)]
pub struct Recv<P> {
    edge: P,
    // Whether the sending end was told of the context that waits here.
    wakes: bool,
    // Whether that did not help, so that this end has to look.
    looks: bool,
}

impl<P: Pop> Recv<P> {
    /// Nothing to pop: because the edge was closed, or just now.
    fn empty(&mut self) -> Taken<P::Item, Never> {
        if self.edge.is_closed() {
            // What was pushed before the close is visible since.
            return self.edge.pop().map_or(Taken::Ended, Taken::Value);
        }
        if !self.wakes
            && let Some(context) = current()
        {
            self.wakes = true;
            if context.must_be_woken() {
                self.looks = !self.edge.woken_by(Box::new(context));
                // Whoever pushed or left before it knew whom to wake is seen by a second look.
                // ORDERING: sequentially consistent, with the fence of `wake`, after a push and of a sender that goes: one of the two sees the other.
                fence(Ordering::SeqCst);
                if let Some(value) = self.edge.pop() {
                    return Taken::Value(value);
                }
                if self.edge.is_closed() {
                    return self.edge.pop().map_or(Taken::Ended, Taken::Value);
                }
            }
        }
        Taken::Empty
    }
}

impl<P: Pop + Send> Source for Recv<P> {
    type Value = P::Item;
    type Error = Never;

    const BURSTS: bool = true;

    #[inline(always)]
    fn take(&mut self) -> Taken<P::Item, Never> {
        match self.edge.pop() {
            Some(value) => Taken::Value(value),
            None => self.empty(),
        }
    }

    fn draw(&self, inlets: &mut Inlets<'_>) {
        inlets.inlet::<P::Item>(self.edge.stats());
    }

    fn works(&self) -> bool {
        self.looks
    }
}

#[diagnostic::do_not_recommend]
impl<P: Pop + Send> Sender for Recv<P> {
    type Value = P::Item;
    type Error = Never;
    type Operation<R: Receiver<P::Item, Never>> = SourceOperation<Self, R>;

    fn connect<R: Receiver<P::Item, Never>>(self, receiver: R, env: &Env) -> SourceOperation<Self, R> {
        SourceOperation::new(self, receiver, env)
    }
}
