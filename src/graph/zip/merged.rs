//! The edges behind a route.

use super::{ArmEdge, Edges, OpenArmEdge, OpenEdges};
use crate::edge::EdgeReceiver;
use crate::ring::Auto;

/// What came over one of two edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came2<A, B> {
    /// Over the first.
    First(A),
    /// Over the second.
    Second(B),
}

/// The edges of a route: one that says which arm each pass went through, and those of the arms.
#[derive(Debug)]
pub struct Merged<W, A, B> {
    ways: W,
    first: A,
    second: B,
}

impl<W, A, B> Merged<W, A, B> {
    /// Takes from the edge that `ways` names next, true for `first`.
    pub const fn new(ways: W, first: A, second: B) -> Self {
        Self { ways, first, second }
    }
}

/// The ring that says for each pass which way it went.
type Ways = EdgeReceiver<bool, Auto>;

impl<A: Edges, B: Edges> Edges for Merged<ArmEdge<Ways>, A, B> {
    type Item = Came2<A::Item, B::Item>;
    type Open<'i>
        = Merged<OpenArmEdge<'i, Ways>, (A::Open<'i>, u64), (B::Open<'i>, u64)>
    where
        Self: 'i;

    fn capacity(&self) -> usize {
        self.ways.capacity().min(self.first.capacity()).min(self.second.capacity())
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        Merged { ways: self.ways.open(), first: (self.first.open(), 0), second: (self.second.open(), 0) }
    }
}

impl<A: OpenEdges, B: OpenEdges> OpenEdges for Merged<OpenArmEdge<'_, Ways>, (A, u64), (B, u64)> {
    type Item = Came2<A::Item, B::Item>;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        match self.ways.edge.peek() {
            Some(true) => self.first.0.ready(),
            Some(false) => self.second.0.ready(),
            None => false,
        }
    }

    #[inline(always)]
    unsafe fn pop(&mut self) -> Self::Item {
        // SAFETY: a way is there, as the caller promises.
        if unsafe { self.ways.pop() } {
            self.first.1 += 1;
            // SAFETY: so the first arm has a value.
            Came2::First(unsafe { self.first.0.pop() })
        } else {
            self.second.1 += 1;
            // SAFETY: so the second arm has a value.
            Came2::Second(unsafe { self.second.0.pop() })
        }
    }

    #[inline(always)]
    fn over(&mut self) -> bool {
        let closed = self.ways.edge.is_closed();
        match self.ways.edge.peek() {
            Some(true) => self.first.0.over(),
            Some(false) => self.second.0.over(),
            None => closed,
        }
    }

    #[inline(always)]
    fn turned(&mut self, taken: u64) {
        self.ways.turned(taken);
        self.first.0.turned(std::mem::take(&mut self.first.1));
        self.second.0.turned(std::mem::take(&mut self.second.1));
    }
}
