//! Where arms meet: an input over several edges, which gives what came out of the arms for one pass.
//!
//! Values keep their order on every edge, so the next value of each edge belongs to the next pass:
//! there are no counters. A pass is taken when the whole of it is there, so that none is held half
//! way.

mod merged;
mod past;
mod shards;

use crate::edge::Pop;
use crate::graph::input::{BURST, Input, Nothing, OpenInput};
use crate::graph::link::Downstream;
use crate::graph::local::Local;
use crate::graph::tail::LaneState;
use crate::launch::Receiving;

pub use merged::{Came2, Merged};
pub use past::Past;
pub use shards::{AsTheyCome, InOrder};

/// The edges that meet: one, or a pair of others.
pub trait Edges: Send {
    /// What they give for one pass.
    type Item;

    /// The edges as a lane's loop holds them.
    type Open<'i>: OpenEdges<Item = Self::Item>
    where
        Self: 'i;

    /// The capacity of the smallest.
    fn capacity(&self) -> usize;

    /// Makes the edges ready for a loop.
    fn open(&mut self) -> Self::Open<'_>;
}

/// Edges that meet, for the time of a loop; see [`Edges`].
pub trait OpenEdges {
    /// What they give for one pass.
    type Item;

    /// Whether each has a value. Once true, it stays true until the next [`pop`](Self::pop).
    fn ready(&mut self) -> bool;

    /// The next value of each.
    ///
    /// # Safety
    ///
    /// [`ready`](Self::ready) returned true, and nothing was popped since.
    unsafe fn pop(&mut self) -> Self::Item;

    /// The next value of each, if each has one.
    #[inline(always)]
    fn take(&mut self) -> Option<Self::Item> {
        if !self.ready() {
            return None;
        }
        // SAFETY: it is ready.
        Some(unsafe { self.pop() })
    }

    /// Whether one of them has no value and never will.
    fn over(&mut self) -> bool;

    /// Ends a turn in which `taken` passes were popped.
    fn turned(&mut self, taken: u64);
}

/// One edge that leads to where arms meet.
#[derive(Debug)]
pub struct ArmEdge<P> {
    edge: P,
    downstream: Downstream,
}

impl<P> ArmEdge<P> {
    /// Pops from an edge.
    pub fn new((edge, downstream): Receiving<P>) -> Self {
        Self { edge, downstream }
    }
}

// SAFETY: as for `PushTail`.
unsafe impl<P: Pop> Send for ArmEdge<P> {}

impl<P: Pop> Edges for ArmEdge<P> {
    type Item = P::Item;
    type Open<'i>
        = OpenArmEdge<'i, P>
    where
        Self: 'i;

    fn capacity(&self) -> usize {
        self.edge.capacity()
    }

    #[inline(always)]
    fn open(&mut self) -> OpenArmEdge<'_, P> {
        OpenArmEdge { edge: Local::new(&mut self.edge), downstream: &mut self.downstream }
    }
}

/// An [`ArmEdge`] for the time of a loop.
#[derive(Debug)]
pub struct OpenArmEdge<'i, P> {
    edge: Local<'i, P>,
    downstream: &'i mut Downstream,
}

impl<P: Pop> OpenEdges for OpenArmEdge<'_, P> {
    type Item = P::Item;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.edge.ready()
    }

    #[inline(always)]
    unsafe fn pop(&mut self) -> P::Item {
        // SAFETY: as the caller promises.
        unsafe { self.edge.pop_ready() }
    }

    #[inline(always)]
    fn take(&mut self) -> Option<P::Item> {
        self.edge.pop_deferred()
    }

    #[inline(always)]
    fn over(&mut self) -> bool {
        // In this order: what was pushed before the close is visible since.
        self.edge.is_closed() && !self.edge.ready()
    }

    #[inline(always)]
    fn turned(&mut self, taken: u64) {
        if taken != 0 {
            self.edge.hand_back();
            if self.downstream.wakes() {
                self.downstream.turned();
            }
        }
    }
}

impl<A: Edges, B: Edges> Edges for (A, B) {
    type Item = (A::Item, B::Item);
    type Open<'i>
        = (A::Open<'i>, B::Open<'i>)
    where
        Self: 'i;

    fn capacity(&self) -> usize {
        self.0.capacity().min(self.1.capacity())
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        (self.0.open(), self.1.open())
    }
}

impl<A: OpenEdges, B: OpenEdges> OpenEdges for (A, B) {
    type Item = (A::Item, B::Item);

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.0.ready() && self.1.ready()
    }

    #[inline(always)]
    unsafe fn pop(&mut self) -> Self::Item {
        // SAFETY: both are ready, as the caller promises.
        let first = unsafe { self.0.pop() };
        // SAFETY: as above.
        (first, unsafe { self.1.pop() })
    }

    #[inline(always)]
    fn over(&mut self) -> bool {
        self.0.over() || self.1.over()
    }

    #[inline(always)]
    fn turned(&mut self, taken: u64) {
        self.0.turned(taken);
        self.1.turned(taken);
    }
}

/// Edges that meet as an input.
#[derive(Debug)]
pub struct ZipInput<Z> {
    edges: Z,
}

impl<Z: Edges> ZipInput<Z> {
    /// Takes one pass after the other from `edges`.
    pub const fn new(edges: Z) -> Self {
        Self { edges }
    }
}

impl<Z: Edges> Input for ZipInput<Z> {
    type Item = Z::Item;
    type Open<'i>
        = OpenZip<Z::Open<'i>>
    where
        Self: 'i;
    const SOURCE: bool = false;
    const BURSTS: bool = true;

    /// As for [`EdgeInput`](crate::graph::input::EdgeInput).
    fn most_at_once(&self) -> u32 {
        u32::try_from(self.edges.capacity() / 4).unwrap_or(BURST).clamp(1, BURST)
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenZip { edges: self.edges.open() }
    }
}

/// A [`ZipInput`] for the time of a loop.
#[derive(Debug)]
pub struct OpenZip<Z> {
    edges: Z,
}

impl<Z: OpenEdges> OpenInput for OpenZip<Z> {
    type Item = Z::Item;

    #[inline(always)]
    fn take(&mut self) -> Option<Z::Item> {
        self.edges.take()
    }

    #[inline(always)]
    fn waits(&mut self) -> bool {
        self.edges.ready()
    }

    #[inline(always)]
    fn nothing(&mut self, _: &mut LaneState) -> Nothing {
        if !self.edges.over() {
            return if self.edges.ready() { Nothing::Late } else { Nothing::Yet };
        }
        Nothing::Ever
    }

    #[inline(always)]
    fn turned(&mut self, taken: u64) {
        self.edges.turned(taken);
    }
}
