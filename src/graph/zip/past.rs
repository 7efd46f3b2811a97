//! The edges behind arms that errors go past.

use super::{ArmEdge, Edges, OpenArmEdge, OpenEdges};
use crate::edge::EdgeReceiver;
use crate::ring::Auto;

/// The edges of arms that errors go past: one that says for every pass whether it has failed before
/// them, and those of the arms.
#[derive(Debug)]
pub struct Past<P, Z> {
    past: P,
    arms: Z,
}

impl<P, Z> Past<P, Z> {
    /// Takes from `arms` unless `past` has an error.
    pub const fn new(past: P, arms: Z) -> Self {
        Self { past, arms }
    }
}

/// The ring that says for each pass whether it has failed.
type Fates<E> = EdgeReceiver<Result<(), E>, Auto>;

impl<E, Z: Edges> Edges for Past<ArmEdge<Fates<E>>, Z> {
    type Item = Result<Z::Item, E>;
    type Open<'i>
        = Past<OpenArmEdge<'i, Fates<E>>, (Z::Open<'i>, u64)>
    where
        Self: 'i;

    fn capacity(&self) -> usize {
        self.past.capacity().min(self.arms.capacity())
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        Past { past: self.past.open(), arms: (self.arms.open(), 0) }
    }
}

impl<E, Z: OpenEdges> OpenEdges for Past<OpenArmEdge<'_, Fates<E>>, (Z, u64)> {
    type Item = Result<Z::Item, E>;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        match self.past.edge.peek() {
            Some(Ok(())) => self.arms.0.ready(),
            Some(Err(_)) => true,
            None => false,
        }
    }

    #[inline(always)]
    unsafe fn pop(&mut self) -> Self::Item {
        // SAFETY: a pass is there, as the caller promises.
        unsafe { self.past.pop() }?;
        self.arms.1 += 1;
        // SAFETY: it has not failed, so the arms have what became of it.
        Ok(unsafe { self.arms.0.pop() })
    }

    #[inline(always)]
    fn over(&mut self) -> bool {
        let closed = self.past.edge.is_closed();
        match self.past.edge.peek() {
            Some(Ok(())) => self.arms.0.over(),
            Some(Err(_)) => false,
            None => closed,
        }
    }

    #[inline(always)]
    fn turned(&mut self, taken: u64) {
        self.past.turned(taken);
        self.arms.0.turned(std::mem::take(&mut self.arms.1));
    }
}
