//! The edges behind the shards of a `shard`.

use super::{ArmEdge, Edges, OpenArmEdge, OpenEdges};
use crate::edge::EdgeReceiver;
use crate::graph::local::Local;
use crate::ring::Auto;

/// The edges of shards, of which one says the shard of each pass: passes go on in the order in which they were given out.
#[derive(Debug)]
pub struct InOrder<W, A, const N: usize> {
    ways: W,
    shards: [A; N],
    // The shard of the next pass, as `ways` has said; `N` as long as it has not.
    due: usize,
}

impl<W, A, const N: usize> InOrder<W, A, N> {
    /// Takes from the edge whose number `ways` has next.
    pub const fn new(ways: W, shards: [A; N]) -> Self {
        Self { ways, shards, due: N }
    }
}

/// The smallest capacity of edges.
fn least<A: Edges>(edges: &[A]) -> usize {
    edges.iter().map(A::capacity).min().unwrap_or(1)
}

/// The ring that says for each pass which shard has it.
type Shards = EdgeReceiver<u16, Auto>;

impl<A: Edges, const N: usize> Edges for InOrder<ArmEdge<Shards>, A, N> {
    type Item = A::Item;
    type Open<'i>
        = OpenInOrder<'i, OpenArmEdge<'i, Shards>, A::Open<'i>, N>
    where
        Self: 'i;

    fn capacity(&self) -> usize {
        self.ways.capacity().min(least(&self.shards))
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        let shards = self.shards.each_mut().map(|shard| (shard.open(), 0));
        OpenInOrder { ways: self.ways.open(), shards, due: Local::new(&mut self.due) }
    }
}

/// An [`InOrder`] for the time of a loop: how many were taken of each shard, and which has the next pass.
#[derive(Debug)]
pub struct OpenInOrder<'i, W, A, const N: usize> {
    ways: W,
    shards: [(A, u64); N],
    due: Local<'i, usize>,
}

impl<A: OpenEdges, const N: usize> OpenInOrder<'_, OpenArmEdge<'_, Shards>, A, N> {
    /// The shard of the next pass, if one was given out.
    #[inline(always)]
    fn due(&mut self) -> Option<&mut (A, u64)> {
        if *self.due >= N {
            *self.due = way::<N>(self.ways.take()?);
        }
        self.shards.get_mut(*self.due)
    }
}

/// The number of a shard, which is one of `N`: so the compiler knows it too.
#[inline(always)]
fn way<const N: usize>(number: u16) -> usize {
    usize::from(number) % N
}

impl<A: OpenEdges, const N: usize> OpenEdges for OpenInOrder<'_, OpenArmEdge<'_, Shards>, A, N> {
    type Item = A::Item;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.due().is_some_and(|(shard, _)| shard.ready())
    }

    #[inline(always)]
    unsafe fn pop(&mut self) -> A::Item {
        let item = self.take();
        // SAFETY: it is ready, as the caller promises.
        unsafe { item.unwrap_unchecked() }
    }

    #[inline(always)]
    fn take(&mut self) -> Option<A::Item> {
        if let Some((shard, taken)) = self.shards.get_mut(*self.due) {
            let item = shard.take()?;
            *taken += 1;
            *self.due = N;
            return Some(item);
        }
        // PERF: where the pass has come already, as most have while they come in bursts, which shard has it is written nowhere.
        let due = way::<N>(self.ways.take()?);
        let (shard, taken) = &mut self.shards[due];
        let item = shard.take();
        match item {
            Some(_) => *taken += 1,
            None => *self.due = due,
        }
        item
    }

    #[inline(always)]
    fn over(&mut self) -> bool {
        // In this order: what was pushed before the close is visible since.
        let closed = self.ways.edge.is_closed();
        self.due().map_or(closed, |(shard, _)| shard.over())
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
        = OpenAsTheyCome<'i, A::Open<'i>, N>
    where
        Self: 'i;

    fn capacity(&self) -> usize {
        least(&self.shards)
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        let shards = self.shards.each_mut().map(|shard| (shard.open(), 0));
        OpenAsTheyCome { shards, next: self.next, home: &mut self.next }
    }
}

/// An [`AsTheyCome`] for the time of a loop: how many were taken of each shard, and which is asked first.
#[derive(Debug)]
pub struct OpenAsTheyCome<'i, A, const N: usize> {
    shards: [(A, u64); N],
    next: usize,
    home: &'i mut usize,
}

impl<A: OpenEdges, const N: usize> OpenEdges for OpenAsTheyCome<'_, A, N> {
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
        let item = self.take();
        // SAFETY: it is ready, as the caller promises.
        unsafe { item.unwrap_unchecked() }
    }

    #[inline(always)]
    fn take(&mut self) -> Option<A::Item> {
        for _ in 0..N {
            let (shard, taken) = &mut self.shards[self.next];
            let item = shard.take();
            self.next = (self.next + 1) % N;
            if item.is_some() {
                *taken += 1;
                return item;
            }
        }
        None
    }

    #[inline(always)]
    fn over(&mut self) -> bool {
        self.shards.iter_mut().all(|(shard, _)| shard.over())
    }

    #[inline(always)]
    fn turned(&mut self, _: u64) {
        *self.home = self.next;
        self.shards.iter_mut().for_each(|(shard, taken)| shard.turned(std::mem::take(taken)));
    }
}
