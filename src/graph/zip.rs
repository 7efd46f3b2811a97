//! Where arms meet: an input over several edges, which gives what came out of the arms for one pass.
//!
//! Values keep their order on every edge, so the next value of each edge belongs to the next pass:
//! there are no counters. A pass is taken when the whole of it is there, so that none is held half
//! way.

use crate::edge::{EdgeReceiver, Pop};
use crate::graph::input::{BURST, Input, Nothing, OpenInput};
use crate::graph::link::Downstream;
use crate::graph::local::Local;
use crate::graph::tail::LaneState;
use crate::launch::Receiving;
use crate::ring::Auto;

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

/// The edges of shards, of which one says the shard of each pass: passes go on in the order in which they were given out.
#[derive(Debug)]
pub struct InOrder<W, A, const N: usize> {
    ways: W,
    shards: [A; N],
}

impl<W, A, const N: usize> InOrder<W, A, N> {
    /// Takes from the edge whose number `ways` has next.
    pub const fn new(ways: W, shards: [A; N]) -> Self {
        Self { ways, shards }
    }
}

/// The smallest capacity of edges.
fn least<A: Edges>(edges: &[A]) -> usize {
    edges.iter().map(A::capacity).min().unwrap_or(1)
}

/// The edges of shards for the time of a loop: how many were taken of each, and where the next pass is.
#[derive(Debug)]
pub struct OpenShards<W, A, const N: usize> {
    ways: W,
    shards: [(A, u64); N],
    next: usize,
}

/// The ring that says for each pass which shard has it.
type Shards = EdgeReceiver<u16, Auto>;

impl<A: Edges, const N: usize> Edges for InOrder<ArmEdge<Shards>, A, N> {
    type Item = A::Item;
    type Open<'i>
        = OpenShards<OpenArmEdge<'i, Shards>, A::Open<'i>, N>
    where
        Self: 'i;

    fn capacity(&self) -> usize {
        self.ways.capacity().min(least(&self.shards))
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        let shards = self.shards.each_mut().map(|shard| (shard.open(), 0));
        OpenShards { ways: self.ways.open(), shards, next: 0 }
    }
}

impl<A: OpenEdges, const N: usize> OpenEdges for OpenShards<OpenArmEdge<'_, Shards>, A, N> {
    type Item = A::Item;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        match self.ways.edge.peek() {
            Some(&way) => {
                self.next = usize::from(way) % N;
                self.shards[self.next].0.ready()
            }
            None => false,
        }
    }

    #[inline(always)]
    unsafe fn pop(&mut self) -> A::Item {
        // SAFETY: a way is there, as the caller promises.
        unsafe { self.ways.pop() };
        let (shard, taken) = &mut self.shards[self.next];
        *taken += 1;
        // SAFETY: it is the one that `ready` has looked at.
        unsafe { shard.pop() }
    }

    #[inline(always)]
    fn over(&mut self) -> bool {
        let closed = self.ways.edge.is_closed();
        match self.ways.edge.peek() {
            Some(&way) => self.shards[usize::from(way) % N].0.over(),
            None => closed,
        }
    }

    #[inline(always)]
    fn turned(&mut self, taken: u64) {
        self.ways.turned(taken);
        self.shards.iter_mut().for_each(|(shard, taken)| shard.turned(std::mem::take(taken)));
    }
}

/// The edges of shards whose passes go on as they come, in turns.
#[derive(Debug)]
pub struct AsTheyCome<A, const N: usize> {
    shards: [A; N],
    // Who is asked first.
    next: usize,
}

impl<A, const N: usize> AsTheyCome<A, N> {
    /// Takes from whichever has something.
    pub const fn new(shards: [A; N]) -> Self {
        Self { shards, next: 0 }
    }
}

impl<A: Edges, const N: usize> Edges for AsTheyCome<A, N> {
    type Item = A::Item;
    type Open<'i>
        = OpenShards<&'i mut usize, A::Open<'i>, N>
    where
        Self: 'i;

    fn capacity(&self) -> usize {
        least(&self.shards)
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        let shards = self.shards.each_mut().map(|shard| (shard.open(), 0));
        OpenShards { next: self.next, ways: &mut self.next, shards }
    }
}

impl<A: OpenEdges, const N: usize> OpenEdges for OpenShards<&mut usize, A, N> {
    type Item = A::Item;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        for _ in 0..N {
            if self.shards[self.next].0.ready() {
                return true;
            }
            self.next = (self.next + 1) % N;
        }
        false
    }

    #[inline(always)]
    unsafe fn pop(&mut self) -> A::Item {
        let (shard, taken) = &mut self.shards[self.next];
        *taken += 1;
        self.next = (self.next + 1) % N;
        // SAFETY: it is the one that `ready` has stopped at, as the caller promises.
        unsafe { shard.pop() }
    }

    #[inline(always)]
    fn over(&mut self) -> bool {
        self.shards.iter_mut().all(|(shard, _)| shard.over())
    }

    #[inline(always)]
    fn turned(&mut self, _: u64) {
        *self.ways = self.next;
        self.shards.iter_mut().for_each(|(shard, taken)| shard.turned(std::mem::take(taken)));
    }
}

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
        if !self.edges.ready() {
            return None;
        }
        // SAFETY: it is ready.
        Some(unsafe { self.edges.pop() })
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
