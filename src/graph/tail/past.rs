//! What goes past a device: errors, and passes without a value that must not be missed.
//!
//! Between the rows of a batch there is no place for either. So the lane keeps them beside the device, each with the
//! number of values that came before it, and hands them on between the results of those and of the next.

use std::collections::VecDeque;
use std::fmt;

use super::{LaneState, OpenTail, Put, Room};

/// What may go past a device that makes a `U` of a `V`.
pub trait Past<V, U>: Sized + Send {
    /// What comes.
    type In;
    /// What is handed on.
    type Out;

    /// Whether there is anything that goes past.
    const GOES: bool;

    /// The value for the device, or what goes past it.
    ///
    /// # Errors
    ///
    /// What goes past.
    fn split(arrived: Self::In) -> Result<V, Self>;

    /// What the device made.
    fn made(value: U) -> Self::Out;

    /// What goes past for a pass without a value.
    fn missed() -> Option<Self>;

    /// Hands it on.
    fn hand_on<N: OpenTail<Self::Out>>(self, next: &mut N, room: Room, lane: &mut LaneState) -> Put;
}

/// Nothing goes past.
#[derive(Debug)]
pub enum Nothing {}

impl<V, U> Past<V, U> for Nothing {
    type In = V;
    type Out = U;
    const GOES: bool = false;

    #[inline(always)]
    fn split(arrived: V) -> Result<V, Self> {
        Ok(arrived)
    }

    #[inline(always)]
    fn made(value: U) -> U {
        value
    }

    #[inline(always)]
    fn missed() -> Option<Self> {
        None
    }

    fn hand_on<N: OpenTail<U>>(self, _: &mut N, _: Room, _: &mut LaneState) -> Put {
        match self {}
    }
}

/// Passes without a value go past.
#[derive(Debug)]
pub struct Missed;

impl<V, U> Past<V, U> for Missed {
    type In = V;
    type Out = U;
    const GOES: bool = true;

    #[inline(always)]
    fn split(arrived: V) -> Result<V, Self> {
        Ok(arrived)
    }

    #[inline(always)]
    fn made(value: U) -> U {
        value
    }

    fn missed() -> Option<Self> {
        Some(Self)
    }

    fn hand_on<N: OpenTail<U>>(self, next: &mut N, room: Room, lane: &mut LaneState) -> Put {
        next.skip(room, lane)
    }
}

/// Errors go past, and passes without a value where those are not missed.
#[derive(Debug)]
pub enum Failed<E> {
    /// The pass failed.
    With(E),
    /// The pass has no value.
    Missed,
}

impl<V, U, E: Send> Past<V, U> for Failed<E> {
    type In = Result<V, E>;
    type Out = Result<U, E>;
    const GOES: bool = true;

    #[inline(always)]
    fn split(arrived: Result<V, E>) -> Result<V, Self> {
        arrived.map_err(Self::With)
    }

    #[inline(always)]
    fn made(value: U) -> Result<U, E> {
        Ok(value)
    }

    fn missed() -> Option<Self> {
        Some(Self::Missed)
    }

    fn hand_on<N: OpenTail<Result<U, E>>>(self, next: &mut N, room: Room, lane: &mut LaneState) -> Put {
        match self {
            Self::With(error) => next.put(Err(error), room, lane),
            Self::Missed => next.skip(room, lane),
        }
    }
}

/// What goes past a device and was not handed on yet, in order.
pub(super) struct Beside<X> {
    // INVARIANT: each with the number of values that came before it; never more than it was made for.
    kept: VecDeque<(u64, X)>,
    most: usize,
    // Values that were put in.
    came: u64,
    // INVARIANT: values that were handed on; at most `came`.
    went: u64,
}

impl<X> fmt::Debug for Beside<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").field("kept", &self.kept.len()).finish_non_exhaustive()
    }
}

impl<X> Beside<X> {
    /// Room for `most`, if anything `goes` past.
    pub(super) fn new(goes: bool, most: usize) -> Self {
        let most = if goes { most.clamp(1, 1024) } else { 0 };
        Self { kept: VecDeque::with_capacity(most), most, came: 0, went: 0 }
    }

    /// Whether one more can be kept.
    #[inline(always)]
    pub(super) fn has_room(&self) -> bool {
        self.kept.len() < self.most
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// A value came.
    #[inline(always)]
    pub(super) const fn came(&mut self) {
        self.came += 1;
    }

    /// So many values were handed on.
    #[inline(always)]
    pub(super) const fn went(&mut self, values: usize) {
        self.went += values as u64;
    }

    /// Keeps what goes past behind the values that came so far.
    pub(super) fn keep(&mut self, past: X) {
        self.kept.push_back((self.came, past));
    }

    /// Of the next `most` values, those that are handed on before what goes past them.
    #[inline(always)]
    pub(super) fn before(&self, most: usize) -> usize {
        match self.kept.front() {
            Some(&(at, _)) => usize::try_from(at - self.went).map_or(most, |before| before.min(most)),
            None => most,
        }
    }

    /// What is to be handed on before the next value.
    #[inline(always)]
    pub(super) fn take(&mut self) -> Option<X> {
        if self.is_due() { self.kept.pop_front().map(|(_, past)| past) } else { None }
    }

    /// Whether something is to be handed on before the next value.
    #[inline(always)]
    pub(super) fn is_due(&self) -> bool {
        self.kept.front().is_some_and(|&(at, _)| at == self.went)
    }
}
