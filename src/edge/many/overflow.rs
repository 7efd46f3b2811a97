//! What a sender of an edge with several ends does when there is no room.

use super::super::Pushed;
use super::super::policy::{Block, DropNewest, DropOldest};
use super::common::Common;
use crate::ring::{Count, Full, ManyProducer, Several};

/// A policy of an edge from `P` senders to `C` receivers. Sealed: [`Block`], [`DropNewest`] and
/// [`DropOldest`].
pub trait WhenFull<P: Count, C: Count>: sealed::Sealed + Sized + 'static {
    /// Who takes values out of the ring, senders included.
    type Consumers: Count;

    #[doc(hidden)]
    const NAME: &'static str;
    #[doc(hidden)]
    const LOSES: bool;

    /// Pushes a value, whatever that takes.
    #[doc(hidden)]
    fn push<T>(ring: &mut ManyProducer<T, P, Self::Consumers>, value: T, common: &Common<T>) -> Pushed<T>;
}

impl<P: Count, C: Count> WhenFull<P, C> for Block {
    type Consumers = C;

    const NAME: &'static str = "block";
    const LOSES: bool = false;

    #[inline(always)]
    fn push<T>(ring: &mut ManyProducer<T, P, C>, value: T, _: &Common<T>) -> Pushed<T> {
        match ring.try_push(value) {
            Ok(()) => Pushed::Ok,
            Err(Full(value)) => Pushed::Full(value),
        }
    }
}

impl<P: Count, C: Count> WhenFull<P, C> for DropNewest {
    type Consumers = C;

    const NAME: &'static str = "drop-newest";
    const LOSES: bool = true;

    #[inline(always)]
    fn push<T>(ring: &mut ManyProducer<T, P, C>, value: T, common: &Common<T>) -> Pushed<T> {
        match ring.try_push(value) {
            Ok(()) => Pushed::Ok,
            Err(Full(_)) => {
                common.count_dropped();
                Pushed::Dropped
            }
        }
    }
}

impl<P: Count, C: Count> WhenFull<P, C> for DropOldest {
    type Consumers = Several;

    const NAME: &'static str = "drop-oldest";
    const LOSES: bool = true;

    #[inline(always)]
    fn push<T>(ring: &mut ManyProducer<T, P, Several>, value: T, common: &Common<T>) -> Pushed<T> {
        match ring.push_over_oldest(value, drop) {
            // What was taken out is counted by the ring.
            Ok(()) => Pushed::Ok,
            // A receiver was interrupted with the oldest half out: then it is the newest that goes.
            Err(Full(_)) => {
                common.count_dropped();
                Pushed::Dropped
            }
        }
    }
}

mod sealed {
    use super::{Block, DropNewest, DropOldest};

    #[allow(unnameable_types, reason = "part of a sealed trait")]
    pub trait Sealed {}

    impl Sealed for Block {}
    impl Sealed for DropNewest {}
    impl Sealed for DropOldest {}
}
