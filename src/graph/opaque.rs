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
    // Whether no pass is begun any more but of what was gathered.
    drains: bool,
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
    Opaque { cell: Cell::new(), sender: Some(sender.itself()), drains: false }
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

    fn drain(&mut self) -> bool {
        if !self.drains {
            self.drains = true;
            self.cell.stop().request_stop();
        }
        true
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
        control.stops_beginning(self.cell.stop());
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
        let waits = self.cell.waits();
        // What such a pass completed with is of the rest already.
        let drains = self.drains && !waits;
        let completion = if waits { self.cell.poll() } else { self.begin() };
        if let Some(Completion::Stopped(StopReason::Ended | StopReason::Requested)) = completion
            && !drains
            && !self.cell.waits()
        {
            // It may have been asked before this lane was told that the graph drains.
            self.drains |= self.cell.stop().stop_requested();
            if self.drains {
                // What waited was asked to stop; what was gathered is left to `rest`.
                return self.rest();
            }
        }
        if let Some(Completion::Stopped(StopReason::Panicked)) = completion {
            // As if it had panicked here: the lane's context catches it and tells the graph.
            panic_site::resume(panic_site::take_left());
        }
        completion
    }
}

impl<S: Sender> Opaque<S> {
    /// Begins a pass. What it completed with, if that was inside its start.
    fn begin(&mut self) -> Option<Completion<S::Value, S::Error>> {
        if self.drains {
            return self.rest();
        }
        let started = match self.sender.take() {
            Some(sender) => {
                self.cell.here(current());
                self.cell.begin(sender)
            }
            None => self.cell.again(),
        };
        inline(started)
    }

    /// As [`begin`](Self::begin), of what was gathered; as ended, if there is nothing.
    fn rest(&mut self) -> Option<Completion<S::Value, S::Error>> {
        loop {
            match self.cell.rest().map(inline) {
                Some(Some(Completion::Stopped(StopReason::Ended | StopReason::Requested))) => {}
                Some(completion) => return completion,
                None => return Some(Completion::Stopped(StopReason::Ended)),
            }
        }
    }
}

/// What was completed at once.
fn inline<V, E>(started: Started<V, E>) -> Option<Completion<V, E>> {
    match started {
        Started::Inline(completion) => Some(completion),
        Started::Later => None,
    }
}
