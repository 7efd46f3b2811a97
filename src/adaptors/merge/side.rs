//! Where a lane asks for what is merged: here, or at the end of an edge.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use crate::context::ContextRef;
use crate::env::Env;
use crate::graph::drawing::Inlets;
use crate::graph::merging::{Arrivals, way};
use crate::launch::{Launch, LaunchError, Spot};
use crate::primitive::AtomicUsize;
use crate::sender::Sender;
use crate::source::{Source, Taken};

/// One of two senders that are merged.
#[doc(hidden)]
pub enum Side<S: Sender> {
    /// Itself.
    Here(S),
    /// What a lane of its own, on its own home, makes of it.
    There(Box<Arrivals<S::Value, S::Error>>),
    /// It went to its own home, and this is a copy of what was left.
    Gone,
}

impl<S: Sender + fmt::Debug> fmt::Debug for Side<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(sender) => sender.fmt(f),
            Self::There(_) => f.write_str("There"),
            Self::Gone => f.write_str("Gone"),
        }
    }
}

impl<S: Sender + Clone> Clone for Side<S> {
    fn clone(&self) -> Self {
        match self {
            Self::Here(sender) => Self::Here(sender.clone()),
            Self::There(_) | Self::Gone => Self::Gone,
        }
    }
}

impl<S: Sender> Side<S> {
    /// See [`Sender::left_alone`].
    pub(super) fn left_alone(&mut self, told: &mut Vec<Arc<AtomicUsize>>) {
        if let Self::Here(sender) = self {
            sender.left_alone(told);
        }
    }

    /// The sender, of which no lane has been made.
    pub(super) fn itself(self) -> S {
        match self {
            Self::Here(sender) => sender,
            Self::There(_) | Self::Gone => {
                unreachable!("only the launch of a graph parts a merge, and it keeps what it has parted")
            }
        }
    }
}

impl<S, V, E> Side<S>
where
    S: Source<Value = V, Error = E> + Sender<Value = V, Error = E> + Send,
    V: Send + 'static,
    E: Send + 'static,
{
    pub(super) fn home(&self) -> Option<ContextRef> {
        if let Self::Here(source) = self { source.home() } else { None }
    }

    #[inline(always)]
    pub(super) fn take(&mut self, alone: bool) -> Taken<V, E> {
        match self {
            Self::Here(source) => source.take_beside(alone),
            Self::There(arrivals) => arrivals.take(),
            Self::Gone => Taken::Ended,
        }
    }

    pub(super) fn know(&mut self, env: &Env) {
        if let Self::Here(source) = self {
            source.know(env);
        }
    }

    pub(super) fn goes_on(&self) -> bool {
        if let Self::Here(source) = self { source.goes_on() } else { false }
    }

    pub(super) fn works(&self) -> bool {
        if let Self::Here(source) = self { source.works() } else { false }
    }

    pub(super) fn leave(&mut self) -> bool {
        if let Self::Here(source) = self { source.leave() } else { false }
    }

    /// Whether there is more to come although the graph drains: the lane of its own hands on what it has taken, and ends.
    pub(super) fn drain(&mut self) -> bool {
        match self {
            Self::Here(source) => source.drain(),
            Self::There(_) => true,
            Self::Gone => false,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        if let Self::Here(source) = self { source.deadline() } else { None }
    }

    /// See [`Source::draw`].
    pub(super) fn draw(&self, inlets: &mut Inlets<'_>) {
        if let Self::Here(source) = self {
            inlets.part::<Result<V, E>>(source.home(), |inlets| source.draw(inlets));
        }
    }

    /// Gives the source a lane of its own if its home is another context than `home`.
    pub(super) fn part(&mut self, launch: &mut Launch<'_>, home: Spot) -> Result<(), LaunchError> {
        let Self::Here(source) = self else { return Ok(()) };
        let apart = source.home().filter(|own| own.id() != launch.context(home).id());
        let Some(own) = apart else { return source.part(launch, home) };
        let own = launch.spot(Some(&own));
        source.part(launch, own)?;
        let (departures, arrivals) = way(launch, own, home)?;
        if let Self::Here(source) = std::mem::replace(self, Self::There(Box::new(arrivals))) {
            departures.depart(source, launch, own);
        }
        Ok(())
    }
}
