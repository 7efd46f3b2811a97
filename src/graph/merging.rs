//! Sources that are merged and live on different contexts: each has a lane of its own, and an edge to where they merge.

use std::fmt;
use std::time::Instant;

use crate::edge::{EdgeReceiver, EdgeSender, Spsc};
use crate::graph::input::{FallibleSourceInput, Input};
use crate::graph::link::{Downstream, Upstream};
use crate::graph::node::Line;
use crate::graph::placing::lane;
use crate::graph::tail::PushTail;
use crate::launch::{Launch, LaunchError, Spot};
use crate::source::{Source, Taken};

/// The edge from the lane of a source that lives elsewhere.
pub struct Arrivals<V, E> {
    // Dropped first: the edge is closed before the other lane is woken to see it.
    edge: EdgeReceiver<Result<V, E>>,
    downstream: Downstream,
    // How many were taken since the other lane was told of the room.
    taken: usize,
}

impl<V, E> fmt::Debug for Arrivals<V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrivals").finish_non_exhaustive()
    }
}

/// The other end of [`Arrivals`].
pub(crate) struct Departures<V, E> {
    edge: EdgeSender<Result<V, E>>,
    upstream: Upstream,
}

/// An edge from a lane on `from` to the one on `to`, where sources merge.
///
/// # Errors
///
/// When it cannot be made.
pub(crate) fn way<V: Send + 'static, E: Send + 'static>(
    launch: &mut Launch<'_>,
    from: Spot,
    to: Spot,
) -> Result<(Departures<V, E>, Arrivals<V, E>), LaunchError> {
    let place = launch.next_part();
    let ((sender, upstream), (receiver, downstream)) = launch.edge(place, Spsc::new(), from, to)?;
    Ok((Departures { edge: sender, upstream }, Arrivals { edge: receiver, downstream, taken: 0 }))
}

impl<V: Send, E: Send> Departures<V, E> {
    /// Plans the lane of `source` on its own home.
    pub(crate) fn depart<S>(self, source: S, launch: &mut Launch<'_>, home: Spot)
    where
        S: Source<Value = V, Error = E> + Send,
    {
        let input = Apart::new(FallibleSourceInput::new(source));
        lane(launch, home, Line::new(input, PushTail::new((self.edge, self.upstream))));
    }
}

impl<V, E> Arrivals<V, E> {
    /// What has come over the edge.
    #[inline]
    pub(crate) fn take(&mut self) -> Taken<V, E> {
        if let Some(arrived) = self.edge.pop() {
            self.taken += 1;
            if self.taken * 4 >= self.edge.capacity() {
                self.tell();
            }
            return taken(arrived);
        }
        self.tell();
        if !self.edge.is_closed() {
            return Taken::Empty;
        }
        // What was pushed before the close is visible since.
        self.edge.pop().map_or(Taken::Ended, taken)
    }

    /// Tells the other lane that there is room.
    #[inline]
    fn tell(&mut self) {
        if self.taken != 0 && self.downstream.wakes() {
            self.downstream.turned();
        }
        self.taken = 0;
    }
}

#[inline(always)]
fn taken<V, E>(arrived: Result<V, E>) -> Taken<V, E> {
    match arrived {
        Ok(value) => Taken::Value(value),
        Err(error) => Taken::Error(error),
    }
}

/// A source that is merged with others on another context, as an input of a lane of its own: passes of the graph begin where they
/// merge.
#[derive(Debug)]
pub struct Apart<I>(I);

impl<I: Input> Apart<I> {
    /// Takes from `source`.
    pub const fn new(source: I) -> Self {
        Self(source)
    }
}

impl<I: Input> Input for Apart<I> {
    type Item = I::Item;
    type Open<'i>
        = I::Open<'i>
    where
        Self: 'i;
    const SOURCE: bool = true;
    const COUNTED: bool = false;
    const BURSTS: bool = I::BURSTS;

    fn most_at_once(&self) -> u32 {
        self.0.most_at_once()
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        self.0.open()
    }

    fn leave(&mut self) -> bool {
        self.0.leave()
    }

    fn drain(&mut self) -> bool {
        self.0.drain()
    }

    fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }
}
