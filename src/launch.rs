//! From a sender to running lanes.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use crate::context::{ContextId, ContextRef};
use crate::control::{Control, EdgeRefused};
use crate::device::{DeviceError, Tally};
use crate::edge::{Described, Edge, EdgeError, EdgeStats, Pop, Push};
use crate::graph::drawing::Drawing;
use crate::graph::link::{Downstream, Upstream, link};
use crate::graph::topology::{EdgePlace, GraphDesc, Topology};
use crate::lane::Lane;
use crate::sender::Sender;

mod live;
mod plain;

pub use live::LiveDrawing;
use live::{DrawnDevice, DrawnEdge};
use plain::PlainLane;

/// Why a graph could not begin to run.
#[derive(Debug)]
#[non_exhaustive]
pub enum LaunchError {
    /// An edge could not be made; the message says which and why.
    Edge(String),
    /// A context cannot host lanes; the message says which and why.
    Context(String),
    /// A device cannot be opened, and the hop to it has no [`or_on`](crate::on::On::or_on).
    Device(DeviceError),
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edge(why) | Self::Context(why) => f.write_str(why),
            Self::Device(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LaunchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Device(error) => Some(error),
            Self::Edge(_) | Self::Context(_) => None,
        }
    }
}

/// Why a graph with two places where something is fed back is not launched.
pub(crate) const TWO_CYCLES: &str = "the sources of this graph take what is fed back at two places, each of which would wait for the other to \
     end: use one `feedback`, and give a clone of its `Back` to each stage that pushes";

thread_local! {
    // Why the launch whose sender is connected on this thread cannot be: `connect` itself does not fail.
    static REFUSED: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Has the launch fail whose sender is connected now. Nothing comes of it where one is connected for a pass alone.
#[cold]
pub(crate) fn refuse(why: &'static str) {
    REFUSED.set(Some(why));
}

/// Collects the lanes of one graph; they are attached to their contexts together, at the end.
#[derive(Debug)]
pub struct Launch<'e> {
    home: &'e ContextRef,
    control: Arc<Control>,
    // What a `Spot` is a place in.
    contexts: Vec<ContextRef>,
    lanes: Vec<Placed>,
    drawing: LiveDrawing,
    // Where what is fed back comes in.
    cycle: Option<ContextId>,
    // The stage whose sources are being given lanes of their own, and the number of the next.
    parting: (usize, usize),
}

/// A context that a launch knows.
///
/// Generated code has these for the contexts themselves, which each lane would have to drop.
#[derive(Debug, Clone, Copy)]
pub struct Spot(usize);

struct Placed {
    context: ContextRef,
    lane: Box<dyn Lane>,
}

impl fmt::Debug for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Placed").field("context", &self.context).finish_non_exhaustive()
    }
}

impl<'e> Launch<'e> {
    /// An empty launch; lanes without a context of their own go to `home`.
    pub fn new(home: &'e ContextRef) -> Self {
        let (contexts, lanes) = (Vec::new(), Vec::new());
        Self {
            home,
            control: Control::new(),
            contexts,
            lanes,
            drawing: LiveDrawing::default(),
            cycle: None,
            parting: (0, 0),
        }
    }

    /// Where lanes without a context of their own go.
    pub const fn home(&self) -> &ContextRef {
        self.home
    }

    /// Notes `context`, or the home if there is none.
    pub(crate) fn spot(&mut self, context: Option<&ContextRef>) -> Spot {
        self.contexts.push(context.unwrap_or(self.home).clone());
        Spot(self.contexts.len() - 1)
    }

    /// The context at `spot`.
    pub(crate) fn context(&self, spot: Spot) -> &ContextRef {
        self.contexts.get(spot.0).unwrap_or(self.home)
    }

    /// What is given a lane of its own from now on is merged at `stage`.
    pub(crate) const fn parts_at(&mut self, stage: usize) {
        self.parting = (stage, 0);
    }

    /// The place of the edge from the next source that is given a lane of its own.
    pub(crate) const fn next_part(&mut self) -> EdgePlace {
        self.parting.1 += 1;
        EdgePlace::From(self.parting.0, self.parting.1 - 1)
    }

    /// What the lanes of this graph share.
    pub const fn control(&self) -> &Arc<Control> {
        &self.control
    }

    /// Notes that the graph is a cycle, which begins at `spot`.
    ///
    /// # Errors
    ///
    /// When it has begun at another place already.
    pub(crate) fn cycle_begins(&mut self, spot: Spot) -> Result<(), LaunchError> {
        match self.cycle.replace(self.context(spot).id()) {
            None => Ok(()),
            Some(_) => Err(LaunchError::Edge(TWO_CYCLES.to_owned())),
        }
    }

    /// The number of the next lane, which is planned for `spot`: none where a cycle begins, else one more than there are lanes before it.
    pub(crate) fn next_number(&self, spot: Spot) -> usize {
        if self.cycle == Some(self.context(spot).id()) { 0 } else { self.lanes.len() + 1 }
    }

    /// Plans `lane` for `context`.
    pub fn place(&mut self, context: &ContextRef, lane: Box<dyn Lane>) {
        self.lanes.push(Placed { context: context.clone(), lane });
    }

    /// Keeps the drawing of the graph, for the handle to show.
    pub fn draw(&mut self, topology: Topology) {
        self.drawing.topology = topology;
    }

    /// Draws a fused graph, and keeps the drawing.
    pub(crate) fn draw_fused(
        &mut self,
        desc: &'static GraphDesc,
        state_bytes: usize,
        complete: &dyn Fn(&mut Drawing),
    ) {
        let (topology, outside) = Drawing::with_ends(desc, state_bytes, Some(self.home), complete);
        self.draw(topology);
        self.drawing.outside = outside;
    }

    /// The drawing kept by [`draw`](Self::draw), with a reading of each edge made so far.
    pub fn drawing(&self) -> LiveDrawing {
        self.drawing.clone()
    }

    /// Makes the edge at `place`, between lanes on `from` and `to`.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub(crate) fn edge<T, K: Edge<T>>(
        &mut self,
        place: EdgePlace,
        edge: K,
        from: Spot,
        to: Spot,
    ) -> Result<(Sending<K::Sender>, Receiving<K::Receiver>), LaunchError> {
        let described = edge.describe();
        let (sender, receiver) = match edge.open() {
            Ok(ends) => ends,
            Err(error) => return Err(self.no_edge(to, &error)),
        };
        if !K::Sender::STEPS {
            self.woken_by(&sender, &receiver, from, to);
        }
        // Of an edge that waits for nobody only the receiver knows what was missed.
        let stats = sender.stats().or_else(|| receiver.stats());
        let (upstream, downstream) = self.joined(place, stats, described, from, to);
        Ok(((sender, upstream), (receiver, downstream)))
    }

    /// Tells an edge, which others may share, whom to wake.
    fn woken_by(&self, sender: &impl Push, receiver: &impl Pop, from: Spot, to: Spot) {
        for (context, end) in [(from, true), (to, false)] {
            let context = self.context(context);
            if context.must_be_woken() {
                let wake = Box::new(context.clone());
                // Whether it will is no matter: the two lanes wake each other.
                let _ = if end { sender.woken_by(wake) } else { receiver.woken_by(wake) };
            }
        }
    }

    /// Refuses the edge of hop number `hop` if it may lose values.
    pub(crate) fn keeps_every_value(&self, hop: usize) -> Result<(), LaunchError> {
        let lossy = |drawn: &&DrawnEdge| drawn.place == EdgePlace::Hop(hop) && drawn.described.lossy;
        match self.drawing.edges.iter().find(lossy) {
            None => Ok(()),
            Some(drawn) => Err(LaunchError::Edge(format!(
                "the edge to `{}` is one of arms that meet value by value, and its policy {} would lose one of them: \
                 give the policy to a hop before the fork, or to one after a stage behind it",
                drawn.to.name(),
                drawn.described.policy,
            ))),
        }
    }

    #[cold]
    fn no_edge(&self, to: Spot, error: &EdgeError) -> LaunchError {
        LaunchError::Edge(format!("the edge to `{}`: {error}", self.context(to).name()))
    }

    /// Keeps what an edge counts, and joins the two lanes at its ends.
    fn joined(
        &mut self,
        place: EdgePlace,
        stats: Option<EdgeStats>,
        described: Described,
        from: Spot,
        to: Spot,
    ) -> (Upstream, Downstream) {
        let (from, to) = (self.context(from).clone(), self.context(to).clone());
        let refused = EdgeRefused {
            stage: self.drawing.stage_before(place),
            to: to.name().to_owned(),
            kind: described.kind.clone().into_owned(),
            policy: described.policy.clone().into_owned(),
            capacity: described.capacity,
        };
        let ends = link(&from, &to, refused);
        self.drawing.edges.push(DrawnEdge { place, stats, described, from, to });
        ends
    }

    /// Adds what the device of segment number `segment` says of itself, and what it counts.
    pub(crate) fn device(&mut self, segment: u16, tally: Arc<Tally>, notes: Vec<String>) {
        self.drawing.devices.push(DrawnDevice { segment, tally, notes });
    }

    /// Attaches every lane. Lanes planned last start first, so that consumers run before producers.
    pub fn attach(self) -> Arc<Control> {
        for placed in &self.lanes {
            self.control.lane_placed(&placed.context);
        }
        for placed in self.lanes.into_iter().rev() {
            placed.context.attach(placed.lane);
        }
        self.control
    }

    /// Plans a sender as it is, without fusing: one pass after another, started on `home`.
    pub(crate) fn plain<S>(&mut self, sender: S) -> Result<(), LaunchError>
    where
        S: Sender + Send + 'static,
        S::Value: Send,
        S::Error: fmt::Display + Send + 'static,
    {
        REFUSED.take();
        let lane = PlainLane::new(sender, self.home.clone(), Arc::clone(&self.control));
        if let Some(why) = REFUSED.take() {
            return Err(LaunchError::Edge(why.to_owned()));
        }
        self.control.stops_beginning(&lane.stop);
        let home = self.home.clone();
        self.place(&home, Box::new(lane));
        Ok(())
    }
}

/// The sending end of an edge between two lanes.
pub type Sending<P> = (P, Upstream);

/// The receiving end of an edge between two lanes.
pub type Receiving<P> = (P, Downstream);
