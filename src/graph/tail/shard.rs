//! The end of a lane whose pass goes on in one of several shards.

use std::marker::PhantomData;
use std::mem;
use std::time::Instant;

use super::fan::both;
use super::{LaneState, OpenTail, Put, Room, Tail};
use crate::adaptors::ShardKey;
use crate::graph::guard::Guards;

/// Gives each value to the shard that its key belongs to, and says which one that was to where the shards meet. An error that is
/// handled behind them goes by the first.
#[derive(Debug)]
pub struct ShardTail<F, K, G, W, P, const N: usize> {
    key: F,
    guard: G,
    ways: W,
    shards: [P; N],
    _key: PhantomData<fn() -> K>,
}

impl<F, K, G, W, P, const N: usize> ShardTail<F, K, G, W, P, N> {
    /// Goes on in the one of `shards` that `key` says, under `guard`, and says so to `ways`.
    pub const fn new(key: F, guard: G, ways: W, shards: [P; N]) -> Self {
        Self { key, guard, ways, shards, _key: PhantomData }
    }
}

// SAFETY: what chooses was found to be `Send` where it is written, by `graph::shards::shard`; the rest says for itself.
unsafe impl<F, K, G: Send, W: Send, P: Send, const N: usize> Send for ShardTail<F, K, G, W, P, N> {}

impl<V, E, F, K, G, W, P, const N: usize> Tail<Result<V, E>> for ShardTail<F, K, G, W, P, N>
where
    F: FnMut(&V) -> K,
    K: ShardKey,
    G: Guards,
    W: Tail<u16>,
    P: Tail<Result<V, E>>,
{
    type Open<'t>
        = OpenShards<'t, F, K, G, W::Open<'t>, P::Open<'t>, N>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenShards {
            key: &mut self.key,
            guard: self.guard,
            ways: self.ways.open(),
            shards: self.shards.each_mut().map(P::open),
            room: 0,
            _key: PhantomData,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.shards.iter().filter_map(P::deadline).min()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.shards.iter().for_each(|shard| shard.awaits(seen));
    }
}

/// A [`ShardTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenShards<'t, F, K, G, W, P, const N: usize> {
    key: &'t mut F,
    guard: G,
    ways: W,
    shards: [P; N],
    // INVARIANT: `ways` and every shard can take so many values more.
    room: usize,
    _key: PhantomData<fn() -> K>,
}

impl<V, E, F, K, G, W, P, const N: usize> OpenTail<Result<V, E>> for OpenShards<'_, F, K, G, W, P, N>
where
    F: FnMut(&V) -> K,
    K: ShardKey,
    G: Guards,
    W: OpenTail<u16>,
    P: OpenTail<Result<V, E>>,
{
    const OVERFLOWS: bool = false;

    // Which shard the next value belongs to is not known before it is there, so each must have room. Of the one that has the
    // least, so much is used up before any is asked again.
    #[inline(always)]
    fn ready(&mut self) -> bool {
        if self.room == 0 {
            self.room = self.shards.iter_mut().fold(self.ways.room(), |least, shard| least.min(shard.room()));
        }
        self.room != 0
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        self.ready()
    }

    #[inline(always)]
    fn finishes(&mut self) -> bool {
        let finishes = self.ways.finishes() && self.shards.iter_mut().all(P::finishes);
        if finishes && self.room == 0 {
            // For the value that is put next, which nobody asks `ready` about.
            self.room = 1;
        }
        finishes
    }

    #[inline(always)]
    fn put(&mut self, value: Result<V, E>, room: Room, lane: &mut LaneState) -> Put {
        let at = match &value {
            Ok(value) => {
                let guard = (self.guard)();
                let at = (self.key)(value).shard(N) % N;
                mem::forget(guard);
                at
            }
            Err(_) => 0,
        };
        self.room -= 1;
        #[expect(clippy::cast_possible_truncation, reason = "nobody has so many shards: each is a thread")]
        self.ways.put(at as u16, room, lane);
        self.shards[at].put(value, room, lane)
    }

    #[inline(always)]
    fn waits(&self) -> bool {
        self.shards.iter().any(P::waits)
    }

    fn leave(&mut self) -> bool {
        let mut under_way = false;
        for shard in &mut self.shards {
            under_way |= shard.leave();
        }
        under_way
    }

    fn poll(&mut self, lane: &mut LaneState) -> Put {
        let mut all = self.ways.poll(lane);
        for shard in &mut self.shards {
            all = both(all, shard.poll(lane));
        }
        all
    }

    #[inline(always)]
    fn finish(&mut self, lane: &mut LaneState) -> bool {
        let mut finished = true;
        for shard in &mut self.shards {
            finished &= shard.finish(lane);
        }
        finished
    }

    #[inline(always)]
    fn show(&mut self) {
        self.ways.show();
        self.shards.iter_mut().for_each(P::show);
    }

    #[inline(always)]
    fn wakes(&self) -> bool {
        self.ways.wakes() || self.shards.iter().any(P::wakes)
    }

    #[inline(always)]
    fn turned(&mut self, puts: u64, lane: &mut LaneState) {
        self.ways.turned(puts, lane);
        self.shards.iter_mut().for_each(|shard| shard.turned(puts, lane));
    }
}
