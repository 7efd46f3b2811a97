//! A sender that the macro cannot look into, as the source of a fused graph.

use crate::completion::{Completion, Started, StopReason};
use crate::context::current;
use crate::control::Control;
use crate::env::Env;
use crate::function::{Fits, Misfits, Nothing};
use crate::graph::waiting::Cell;
use crate::panic_site;
use crate::sender::Sender;
use crate::source::{Source, Taken};

/// Any sender as a source: connected once, and started again for each pass.
///
/// A fused graph uses it for a sub-graph that comes from a function.
#[derive(Debug)]
pub struct Opaque<S: Sender> {
    cell: Cell<S>,
    sender: Option<S>,
}

/// What a graph may begin with.
#[diagnostic::on_unimplemented(
    message = "a graph cannot begin with a `{Self}`",
    note = "help: start from a source such as `just(..)`, `read(..)` or `from_iter(..)`"
)]
pub trait Begins<M> {
    /// The sender's own type.
    type Itself: Sender;

    /// The sender.
    fn itself(self) -> Self::Itself;
}

#[diagnostic::do_not_recommend]
impl<S: Sender> Begins<Fits> for S {
    type Itself = S;

    fn itself(self) -> S {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sender + Nothing> Begins<Misfits> for S {
    type Itself = S;

    fn itself(self) -> S {
        self
    }
}

/// `sender` as a source.
pub fn opaque<S: Begins<M>, M>(sender: S) -> Opaque<S::Itself> {
    Opaque { cell: Cell::new(), sender: Some(sender.itself()) }
}

/// `source`, in which nothing is under way for longer than the graph of `control` is running.
pub fn stopped_with<S: Source>(control: &Control, source: S) -> S {
    source.stops_with(control);
    source
}

impl<S: Sender> Source for Opaque<S> {
    type Value = S::Value;
    type Error = S::Error;

    fn leave(&mut self) -> bool {
        self.cell.leave()
    }

    fn know(&mut self, env: &Env) {
        if self.sender.is_some() {
            self.cell.know(env);
        }
    }

    fn under_way(&self) -> bool {
        self.cell.waits()
    }

    fn stops_with(&self, control: &Control) {
        control.stops(self.cell.stop());
    }

    fn take(&mut self) -> Taken<S::Value, S::Error> {
        match self.pass() {
            Some(Completion::Value(value)) => Taken::Value(value),
            None | Some(Completion::Stopped(StopReason::Filtered)) => Taken::Empty,
            Some(Completion::Stopped(_)) => Taken::Ended,
            Some(Completion::Error(error)) => Taken::Error(error),
        }
    }

    fn pass(&mut self) -> Option<Completion<S::Value, S::Error>> {
        let completion = if self.cell.waits() {
            self.cell.poll()
        } else {
            let started = match self.sender.take() {
                Some(sender) => {
                    self.cell.here(current());
                    self.cell.begin(sender)
                }
                None => self.cell.again(),
            };
            match started {
                Started::Inline(completion) => Some(completion),
                Started::Later => None,
            }
        };
        if let Some(Completion::Stopped(StopReason::Panicked)) = completion {
            // As if it had panicked here: the lane's context catches it and tells the graph.
            panic_site::resume(panic_site::take_left());
        }
        completion
    }
}
