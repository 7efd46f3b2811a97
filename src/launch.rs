//! From a sender to running lanes.

use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::completion::{Completion, Started, StopReason};
use crate::context::{ContextRef, current};
use crate::control::{Control, EdgeRefused, LaneCounts, Mode, RunError, Standing};
use crate::device::{DeviceError, Tally, lost_device};
use crate::edge::{Described, Edge, EdgeError, EdgeStats, Pop, Push};
use crate::env::Env;
use crate::graph::drawing::Drawing;
use crate::graph::link::{Downstream, Upstream, link};
use crate::graph::topology::{EdgeCounterValues, EdgeInfo, EdgePlace, GraphDesc, HopCost, Topology};
use crate::lane::{Abandoned, Lane, PanicReport, Turn};
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::StopSource;

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

/// Collects the lanes of one graph; they are attached to their contexts together, at the end.
#[derive(Debug)]
pub struct Launch<'e> {
    home: &'e ContextRef,
    control: Arc<Control>,
    // What a `Spot` is a place in.
    contexts: Vec<ContextRef>,
    lanes: Vec<Placed>,
    drawing: LiveDrawing,
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
        Self { home, control: Control::new(), contexts, lanes, drawing: LiveDrawing::default() }
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

    /// What the lanes of this graph share.
    pub const fn control(&self) -> &Arc<Control> {
        &self.control
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
        let topology = Drawing::of(desc, state_bytes, Some(self.home), complete);
        self.draw(topology);
    }

    /// The drawing kept by [`draw`](Self::draw), with a reading of each edge made so far.
    pub fn drawing(&self) -> LiveDrawing {
        self.drawing.clone()
    }

    /// Makes the edge of hop number `hop`, between lanes on `from` and `to`.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub(crate) fn edge<T, K: Edge<T>>(
        &mut self,
        hop: usize,
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
        let (upstream, downstream) = self.joined(hop, sender.stats(), described, from, to);
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
        let lossy = |drawn: &&DrawnEdge| drawn.hop == hop && drawn.described.lossy;
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
        hop: usize,
        stats: Option<EdgeStats>,
        described: Described,
        from: Spot,
        to: Spot,
    ) -> (Upstream, Downstream) {
        let (from, to) = (self.context(from).clone(), self.context(to).clone());
        let refused = EdgeRefused {
            stage: self.drawing.stage_before(hop),
            to: to.name().to_owned(),
            kind: described.kind.clone().into_owned(),
            policy: described.policy.clone().into_owned(),
            capacity: described.capacity,
        };
        let ends = link(&from, &to, refused);
        self.drawing.edges.push(DrawnEdge { hop, stats, described, from, to });
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
        let lane = PlainLane::new(sender, self.home.clone(), Arc::clone(&self.control));
        self.control.stops(&lane.stop);
        let home = self.home.clone();
        self.place(&home, Box::new(lane));
        Ok(())
    }
}

/// The sending end of an edge between two lanes.
pub type Sending<P> = (P, Upstream);

/// The receiving end of an edge between two lanes.
pub type Receiving<P> = (P, Downstream);

/// The drawing of a graph that runs: its counters are read each time it is asked for.
#[derive(Debug, Clone)]
pub struct LiveDrawing {
    topology: Topology,
    edges: Vec<DrawnEdge>,
    devices: Vec<DrawnDevice>,
}

#[derive(Debug, Clone)]
struct DrawnDevice {
    segment: u16,
    tally: Arc<Tally>,
    notes: Vec<String>,
}

#[derive(Debug, Clone)]
struct DrawnEdge {
    hop: usize,
    stats: Option<EdgeStats>,
    described: Described,
    from: ContextRef,
    to: ContextRef,
}

impl Default for LiveDrawing {
    fn default() -> Self {
        Self { topology: Topology::opaque(), edges: Vec::new(), devices: Vec::new() }
    }
}

fn edge_of(topology: &mut Topology, hop: usize) -> Option<&mut EdgeInfo> {
    topology.edges.iter_mut().find(|edge| edge.place == EdgePlace::Hop(hop))
}

impl LiveDrawing {
    /// The stage in front of hop number `hop`, and where the hop is written.
    fn stage_before(&self, hop: usize) -> String {
        let desc = self.topology.desc;
        let Some(hop) = desc.hops.get(hop) else { return "a stage".to_owned() };
        let stage = desc.stages[..usize::from(hop.stage).min(desc.stages.len())].last();
        let name = stage.map_or("the source", |stage| stage.name);
        format!("`{name}` ({}:{})", hop.file, hop.line)
    }

    /// Writes to each edge what `cost` says of its two contexts.
    pub fn cost(&mut self, mut cost: impl FnMut(&ContextRef, &ContextRef) -> Option<HopCost>) {
        for drawn in &self.edges {
            let measured = cost(&drawn.from, &drawn.to);
            if let Some(edge) = edge_of(&mut self.topology, drawn.hop) {
                edge.cost = measured;
            }
        }
    }

    /// Warns of each hop that costs more than the lane which it leads to takes for a value.
    fn warn(&self, topology: &mut Topology, control: &Control) {
        if topology.edges.iter().all(|edge| edge.cost.is_none()) {
            return;
        }
        let samples = control.sample(Duration::from_millis(20));
        for drawn in &self.edges {
            let Some(edge) = edge_of(topology, drawn.hop) else { continue };
            let mut there = samples.iter().filter(|sample| sample.context == drawn.to.id());
            let lane = there.find_map(|sample| sample.nanoseconds());
            if let (Some(cost), Some(lane)) = (edge.cost, lane)
                && lane < cost.p50_ns
            {
                edge.warning = Some(format!(
                    "`{}` takes {lane} ns for a value, and the hop there {} ns: the best hop is none",
                    drawn.to.name(),
                    cost.p50_ns
                ));
            }
        }
    }

    /// The drawing, with the counters of every edge as of now.
    pub fn now(&self, control: &Control) -> Topology {
        let mut topology = self.topology.clone();
        self.warn(&mut topology, control);
        for drawn in &self.edges {
            let Some(stats) = &drawn.stats else { continue };
            let counters = stats.counters();
            if let Some(edge) = edge_of(&mut topology, drawn.hop) {
                edge.counters = Some(EdgeCounterValues {
                    pushed: counters.pushed,
                    popped: counters.popped,
                    dropped: counters.dropped,
                    stalls: counters.stalls,
                    high_water: counters.high_water,
                    depth: counters.depth,
                });
            }
        }
        let infos = topology.lanes.iter_mut().flat_map(|lane| &mut lane.devices);
        for info in infos {
            if let Some(drawn) = self.devices.iter().find(|drawn| drawn.segment == info.segment) {
                info.notes.clone_from(&drawn.notes);
                info.counters = Some(drawn.tally.counters());
            }
        }
        topology
    }
}

/// Where the pass of a [`PlainLane`] completes, on whichever thread it then is.
struct Mailbox<V, E> {
    completion: Mutex<Option<Completion<V, E>>>,
    /// Where the pass panicked, if it did.
    report: Mutex<Option<PanicReport>>,
    home: ContextRef,
}

struct Deliver<V, E> {
    mailbox: Arc<Mailbox<V, E>>,
    // The lane may drop the operation while the call of `complete` still returns.
    _pinned: PhantomPinned,
}

impl<V: Send, E: Send> Receiver<V, E> for Deliver<V, E> {
    fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        // Cloned first: the lane may drop the operation, and this receiver with it, as soon as it
        // sees the completion.
        let mailbox = Arc::clone(&self.mailbox);
        if let Completion::Stopped(StopReason::Panicked) = completion {
            *mailbox.report.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic_site::take_left());
        }
        *mailbox.completion.lock().unwrap_or_else(PoisonError::into_inner) = Some(completion);
        mailbox.home.nudge();
    }
}

type Connected<S> = <S as Sender>::Operation<Deliver<<S as Sender>::Value, <S as Sender>::Error>>;

/// The reference semantics of `run`: connect once, start again after each completion.
struct PlainLane<S>
where
    S: Sender<Value: Send, Error: Send>,
{
    // `Option`, so that an operation that is still under way can be leaked rather than dropped.
    operation: Option<Pin<Box<Connected<S>>>>,
    mailbox: Arc<Mailbox<S::Value, S::Error>>,
    under_way: bool,
    stop: StopSource,
    control: Arc<Control>,
    counts: LaneCounts,
    // The number of the last question that was answered; see `Asking`.
    said: u64,
}

impl<S> PlainLane<S>
where
    S: Sender + Send + 'static,
    S::Value: Send,
    S::Error: fmt::Display + Send + 'static,
{
    fn new(sender: S, home: ContextRef, control: Arc<Control>) -> Self {
        let stop = StopSource::new();
        let env = Env::new().with_context(home.clone()).with_stop(stop.token());
        let mailbox = Arc::new(Mailbox { completion: Mutex::new(None), report: Mutex::new(None), home });
        let deliver = Deliver { mailbox: Arc::clone(&mailbox), _pinned: PhantomPinned };
        let operation = Box::pin(sender.connect(deliver, &env));
        let counts = LaneCounts::default();
        Self { operation: Some(operation), mailbox, under_way: false, stop, control, counts, said: 0 }
    }

    fn finish(&mut self, completion: Completion<S::Value, S::Error>) -> Turn {
        match completion {
            Completion::Value(_) => self.counts.completed += 1,
            Completion::Stopped(StopReason::Filtered) => {}
            Completion::Stopped(StopReason::Ended | StopReason::Requested) => {
                self.counts.started -= 1;
                // A source that was asked to stop while it waited leaves what was gathered to `rest`.
                if self.control.mode() != Mode::Draining {
                    return self.end();
                }
            }
            Completion::Stopped(StopReason::Panicked) => {
                let report = self.mailbox.report.lock().unwrap_or_else(PoisonError::into_inner).take();
                self.control.fail(RunError::Panicked(report.unwrap_or_else(panic_site::take_left)));
                return self.end();
            }
            Completion::Stopped(StopReason::DeviceFailed) => {
                self.control.fail(RunError::Device(lost_device()));
                return self.end();
            }
            Completion::Stopped(reason @ StopReason::NoMemory) => {
                self.control.fail(RunError::failed(reason));
                return self.end();
            }
            Completion::Error(error) => {
                self.control.fail(RunError::failed(error));
                return self.end();
            }
        }
        if self.control.mode() == Mode::Abandoning { self.end() } else { Turn::Busy }
    }

    /// Says where it stands, if somebody has asked.
    #[cold]
    fn say_if_asked(&mut self) {
        let asked = self.control.asking().asked();
        if asked == self.said {
            return;
        }
        self.said = asked;
        let Some(context) = current() else { return };
        let LaneCounts { started, completed } = self.counts;
        let awaits = vec![self.under_way];
        self.control
            .asking()
            .answer(asked, Standing { context: context.id(), taken: started, completed, awaits });
    }

    /// Between two passes.
    fn end(&mut self) -> Turn {
        // Dropped first, so that what the graph owned is gone when it counts as ended.
        self.operation = None;
        self.control.lane_ended(self.counts);
        Turn::Done
    }
}

impl<S> Lane for PlainLane<S>
where
    S: Sender + Send + 'static,
    S::Value: Send,
    S::Error: fmt::Display + Send + 'static,
{
    fn turn(&mut self) -> Turn {
        if self.under_way {
            let arrived = self.mailbox.completion.lock().unwrap_or_else(PoisonError::into_inner).take();
            return match arrived {
                None => Turn::Idle,
                Some(completion) => {
                    self.under_way = false;
                    self.finish(completion)
                }
            };
        }
        let Some(operation) = self.operation.as_mut() else { return Turn::Done };
        let started = match self.control.mode() {
            // SAFETY: no pass is under way; until it completes the operation is not touched, and it is
            // leaked rather than dropped.
            Mode::Running => Some(unsafe { operation.as_mut().start() }),
            // SAFETY: as above.
            Mode::Draining => unsafe { operation.as_mut().rest() },
            Mode::Abandoning => None,
        };
        let Some(started) = started else { return self.end() };
        self.counts.started += 1;
        match started {
            Started::Inline(completion) => self.finish(completion),
            Started::Later => {
                self.under_way = true;
                Turn::Busy
            }
        }
    }

    fn check(&mut self) {
        self.say_if_asked();
        if self.control.mode() != Mode::Running {
            self.stop.request_stop();
        }
    }

    fn abandon(&mut self, why: Abandoned) {
        self.stop.request_stop();
        self.control.abandoned(why, self.counts);
    }
}

impl<S> Drop for PlainLane<S>
where
    S: Sender<Value: Send, Error: Send>,
{
    fn drop(&mut self) {
        let arrived = || self.mailbox.completion.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if self.under_way && !arrived() {
            // Some context still holds the operation's task: its memory must stay.
            std::mem::forget(self.operation.take());
        }
    }
}
