//! The edges behind the shards of a `shard`.

use super::{ArmEdge, Edges, OpenArmEdge, OpenEdges};
use crate::edge::EdgeReceiver;
use crate::ring::Auto;

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
