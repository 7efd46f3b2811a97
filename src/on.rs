//! `on`: where a hop leads, and the edge that is to carry it.

use std::fmt;

use crate::context::{RunsFunctions, Scheduler};
use crate::device::{Device, OrOn};
use crate::edge::{Bounded, DEFAULT_CAPACITY};
pub use crate::edge::{Overflow, Policy, Spsc};
use crate::function::{Fits, Misfits, Nothing};
pub use crate::ring::{Auto, InSlot, Indexed, Layout};

/// A hop to `scheduler`, for [`then`](crate::adaptors::SenderExt::then).
///
/// The scheduler is given by value or by reference; a reference is cloned.
///
/// Its methods say what edge the hop gets once the graph is fused. The plain form has no edges: a
/// pass takes its one value along, and the settings change nothing.
///
/// C++26: the scheduler argument of `continues_on`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// # use fusewire::context::Scheduler;
/// # fn hop(compute: impl Scheduler) {
/// let quotes = from_iter(1..4).then(on(compute).capacity(1024).policy(DropNewest));
/// # let _ = quotes;
/// # }
/// ```
#[inline]
pub fn on<C: Destination<M>, M>(scheduler: C) -> On<C::Scheduler> {
    On { scheduler: scheduler.scheduler(), edge: Spsc::new(), capacity: DEFAULT_CAPACITY }
}

/// What [`on`] takes: every [`Scheduler`], by value or by reference, and nothing else.
///
/// What is no scheduler has no [`Destination::Scheduler`] either, so that the compiler reports it
/// where it is given to `on`, and nowhere behind. `M` is a marker; see [`function`](crate::function).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scheduler",
    label = "expected a scheduler here",
    note = "help: `on` takes the handle of a context, such as a `Cpu`, `Io`, `Manual` or `Inline`"
)]
pub trait Destination<M> {
    /// The scheduler's own type.
    type Scheduler: Scheduler;

    /// The scheduler.
    fn scheduler(self) -> Self::Scheduler;
}

#[diagnostic::do_not_recommend]
impl<C: Scheduler> Destination<Fits> for C {
    type Scheduler = C;

    #[inline]
    fn scheduler(self) -> C {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<C: Scheduler + Nothing> Destination<Misfits> for C {
    type Scheduler = C;

    #[inline]
    fn scheduler(self) -> C {
        self
    }
}

/// Marks the implementation for a borrowed scheduler.
#[derive(Debug)]
pub struct Borrowed;

#[diagnostic::do_not_recommend]
impl<C: Scheduler> Destination<Borrowed> for &C {
    type Scheduler = C;

    #[inline]
    fn scheduler(self) -> C {
        self.clone()
    }
}

/// Where a hop leads, and over which kind of edge; made by [`on`].
#[must_use = "`on` does nothing by itself: pass it to `then`"]
pub struct On<C, K = Spsc<Auto>> {
    scheduler: C,
    edge: K,
    // Of the rings that go beside the edge where arms meet.
    capacity: usize,
}

impl On<()> {
    /// A hop that leads nowhere by itself: the settings of an edge that nobody wrote.
    pub(crate) const NOWHERE: Self = Self { scheduler: (), edge: Spsc::new(), capacity: DEFAULT_CAPACITY };
}

impl<C, K> On<C, K> {
    /// Crosses over an edge of this kind instead of a [`Spsc`]: one of this crate, or any that implements
    /// [`Edge`](crate::edge::Edge) for the values that cross.
    ///
    /// Policy and capacity are those of `edge`, unless they are given behind it.
    pub fn edge<K2>(self, edge: K2) -> On<C, K2> {
        On { scheduler: self.scheduler, edge, capacity: self.capacity }
    }

    /// Room for at least `capacity` values in the edge; the default is the edge's own.
    pub fn capacity(self, capacity: usize) -> Self
    where
        K: Bounded,
    {
        On { scheduler: self.scheduler, edge: self.edge.with_capacity(capacity), capacity }
    }

    /// What happens to a value that finds the edge full: one of the words of [`edge`](crate::edge), such as
    /// [`DropNewest`](crate::edge::DropNewest). Without one, it waits: [`Block`](crate::edge::Block).
    pub fn policy<P: Policy<K>>(self, policy: P) -> On<C, P::Edge> {
        On { scheduler: self.scheduler, edge: policy.of(self.edge), capacity: self.capacity }
    }

    /// Where the hop leads.
    pub const fn scheduler(&self) -> &C {
        &self.scheduler
    }

    /// What it crosses over.
    pub const fn crosses_over(&self) -> &K {
        &self.edge
    }

    /// The ring beside the edge, by which is said which way a pass went.
    pub(crate) const fn beside(&self) -> Spsc<Auto> {
        Spsc::new().capacity(self.capacity)
    }
}

impl<C, L> On<C, Spsc<L>> {
    /// Lays the edge out as `L2` instead of choosing by the size of the payload.
    pub fn layout<L2: Layout>(self) -> On<C, Spsc<L2::Itself>> {
        On { scheduler: self.scheduler, edge: self.edge.layout(), capacity: self.capacity }
    }
}

impl<C: Device, K> On<C, K> {
    /// Runs the stages behind the hop as functions if the device cannot be opened, or is lost.
    ///
    /// If it cannot be opened when the graph is launched, they run on `host`. If it is lost later, they
    /// go on on the device's own context, whose thread is a host as well: what the device still had is
    /// computed again, in order, and nothing is lost or doubled. [`inspect`](crate::inspect) counts what was
    /// computed there.
    pub fn or_on<H: Scheduler<Runs: RunsFunctions>>(self, host: H) -> On<OrOn<C, H>, K> {
        On { scheduler: OrOn::new(self.scheduler, host), edge: self.edge, capacity: self.capacity }
    }
}

impl<C: Clone, K: Clone> Clone for On<C, K> {
    fn clone(&self) -> Self {
        Self { scheduler: self.scheduler.clone(), edge: self.edge.clone(), capacity: self.capacity }
    }
}

impl<C: fmt::Debug, K> fmt::Debug for On<C, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("On").field("scheduler", &self.scheduler).finish_non_exhaustive()
    }
}
