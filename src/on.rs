//! `on`: where a hop leads, and the edge that is to carry it.

use std::fmt;
use std::marker::PhantomData;

use crate::context::{RunsFunctions, Scheduler};
use crate::device::{Device, OrOn};
pub use crate::edge::Overflow;
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
/// let quotes = from_iter(1..4).then(on(compute).capacity(1024).policy(Overflow::DropNewest));
/// # let _ = quotes;
/// # }
/// ```
#[inline]
pub fn on<C: Destination<M>, M>(scheduler: C) -> On<C::Scheduler> {
    let settings = EdgeSettings { capacity: None, overflow: Overflow::Block };
    On { scheduler: scheduler.scheduler(), settings, _layout: PhantomData }
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

/// Where a hop leads; made by [`on`].
#[must_use = "`on` does nothing by itself: pass it to `then`"]
pub struct On<C, L = Auto> {
    scheduler: C,
    settings: EdgeSettings,
    _layout: PhantomData<fn() -> L>,
}

impl On<()> {
    /// A hop that leads nowhere by itself: the settings of an edge that nobody wrote.
    pub(crate) const NOWHERE: Self = Self {
        scheduler: (),
        settings: EdgeSettings { capacity: None, overflow: Overflow::Block },
        _layout: PhantomData,
    };
}

impl<C, L> On<C, L> {
    /// Room for at least `capacity` values in the edge; the default is the edge's own.
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.settings.capacity = Some(capacity);
        self
    }

    /// What happens to a value that finds the edge full.
    pub fn policy(mut self, overflow: Overflow) -> Self {
        self.settings.overflow = overflow;
        self
    }

    /// Lays the edge out as `L2` instead of choosing by the size of the payload.
    pub fn layout<L2: Layout>(self) -> On<C, L2::Itself> {
        On { scheduler: self.scheduler, settings: self.settings, _layout: PhantomData }
    }

    /// Where the hop leads.
    pub const fn scheduler(&self) -> &C {
        &self.scheduler
    }

    /// What was asked of the edge.
    pub const fn settings(&self) -> EdgeSettings {
        self.settings
    }
}

impl<C: Device, L> On<C, L> {
    /// Runs the stages behind the hop as functions if the device cannot be opened, or is lost.
    ///
    /// If it cannot be opened when the graph is launched, they run on `host`. If it is lost later, they
    /// go on on the device's own context, whose thread is a host as well: what the device still had is
    /// computed again, in order, and nothing is lost or doubled. [`inspect`](crate::inspect) counts what was
    /// computed there.
    pub fn or_on<H: Scheduler<Runs: RunsFunctions>>(self, host: H) -> On<OrOn<C, H>, L> {
        let scheduler = OrOn::new(self.scheduler, host);
        On { scheduler, settings: self.settings, _layout: PhantomData }
    }
}

impl<C: Clone, L> Clone for On<C, L> {
    fn clone(&self) -> Self {
        Self { scheduler: self.scheduler.clone(), settings: self.settings, _layout: PhantomData }
    }
}

impl<C: fmt::Debug, L> fmt::Debug for On<C, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("On")
            .field("scheduler", &self.scheduler)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// What a hop asks of its edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EdgeSettings {
    /// Room for at least so many values; the edge's default if none is given.
    pub capacity: Option<usize>,
    /// What happens to a value that finds the edge full.
    pub overflow: Overflow,
}
