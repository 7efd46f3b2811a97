//! How far each consumer is, and who looks at it when.

use crossbeam_utils::CachePadded;

use super::super::RingError;
use crate::primitive::{AtomicU8, AtomicUsize, Ordering, fence};

const FREE: u8 = 0;
const CLAIMED: u8 = 1;
const OPEN: u8 = 2;

/// Scans of the gates in one look before the ring is taken to be full.
const SCANS: u32 = if cfg!(loom) { 2 } else { 8 };

/// How far one consumer is. It has a line of its own, which only the consumer writes to.
#[derive(Debug)]
pub(super) struct Gate {
    state: AtomicU8,
    // INVARIANT: while open, the position of the next value that the consumer reads; only moved forward.
    cursor: AtomicUsize,
}

impl Gate {
    /// Lets the producer write to every slot before `cursor`.
    #[inline(always)]
    pub(super) fn pass(&self, cursor: usize) {
        // ORDERING: release pairs with the acquire of `behind`: the values were read before the slots
        // are written again.
        self.cursor.store(cursor, Ordering::Release);
    }

    /// Where the consumer is, or was.
    pub(super) fn cursor(&self) -> usize {
        // ORDERING: acquire pairs with the release of `pass`, so that a tail that is read next is not older.
        self.cursor.load(Ordering::Acquire)
    }

    /// Where the consumer is, if it is one.
    #[inline]
    fn behind(&self) -> Option<usize> {
        // ORDERING: acquire pairs with the releases of `open` and `close`.
        if self.state.load(Ordering::Acquire) != OPEN {
            return None;
        }
        // ORDERING: acquire pairs with the release of `pass`.
        Some(self.cursor.load(Ordering::Acquire))
    }
}

/// The gates of a ring.
#[derive(Debug)]
pub(super) struct Gates {
    gates: Box<[CachePadded<Gate>]>,
    // INVARIANT: the producer's tail when it last looked at the gates, or is about to.
    announced: CachePadded<AtomicUsize>,
    // INVARIANT: how many gates were opened so far where another consumer stood.
    clones: AtomicUsize,
    // INVARIANT: where the consumer stood that left last, or the start. Only looked at where no gate is open.
    left_at: AtomicUsize,
}

/// What the producer saw: who is furthest behind, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slowest {
    pub(super) gate: usize,
    pub(super) cursor: usize,
}

impl Gates {
    pub(super) fn new(count: usize, start: usize) -> Result<Self, RingError> {
        let bytes = count.saturating_mul(size_of::<CachePadded<Gate>>());
        let mut gates = Vec::new();
        gates.try_reserve_exact(count).map_err(|_| RingError::OutOfMemory { bytes })?;
        let free = |_| CachePadded::new(Gate { state: AtomicU8::new(FREE), cursor: AtomicUsize::new(start) });
        gates.extend((0..count).map(free));
        Ok(Self {
            gates: gates.into_boxed_slice(),
            announced: CachePadded::new(AtomicUsize::new(start)),
            clones: AtomicUsize::new(0),
            left_at: AtomicUsize::new(start),
        })
    }

    pub(super) fn at(&self, gate: usize) -> &Gate {
        &self.gates[gate]
    }

    /// A gate that nobody has, for whoever calls.
    pub(super) fn claim(&self) -> Option<usize> {
        self.gates.iter().position(|gate| {
            // ORDERING: acquire pairs with the release of `close`: what the last consumer did there is
            // done. Relaxed if it fails, nothing was learnt.
            gate.state.compare_exchange(FREE, CLAIMED, Ordering::Acquire, Ordering::Relaxed).is_ok()
        })
    }

    /// Opens a gate that was claimed, at `cursor`.
    pub(super) fn open_at(&self, gate: usize, cursor: usize) {
        // ORDERING: release pairs with the acquire of `behind`: a look that saw the gate open for the last
        // consumer and sees this cursor sees that the last consumer is done, by the acquire of `claim`.
        self.gates[gate].cursor.store(cursor, Ordering::Release);
        // ORDERING: release pairs with the acquire of `behind`: who sees the gate open sees where.
        self.gates[gate].state.store(OPEN, Ordering::Release);
    }

    /// Opens a gate that was claimed, at `cursor`, where a consumer stands that does not pass meanwhile.
    pub(super) fn open_beside(&self, gate: usize, cursor: usize) {
        self.open_at(gate, cursor);
        // ORDERING: release, so that a look that sees the other gate pass on sees this count, by the
        // acquire of `behind` and as the other consumer passes after this.
        self.clones.fetch_add(1, Ordering::Release);
    }

    /// Opens a gate that was claimed, at `tail` or at what the producer has announced since; returns
    /// where.
    pub(super) fn open(&self, gate: usize, tail: usize) -> usize {
        self.open_at(gate, tail);
        // ORDERING: sequentially consistent, against that of `look`: a look that begins later sees the
        // gate, and of an earlier one the tail is read here.
        fence(Ordering::SeqCst);
        // ORDERING: acquire pairs with the release of `look`: who counts from here on what was pushed
        // reads no tail that is before it.
        let announced = self.announced.load(Ordering::Acquire);
        let ahead = announced.wrapping_sub(tail);
        if ahead == 0 || ahead > usize::MAX / 2 {
            return tail;
        }
        self.gates[gate].pass(announced);
        announced
    }

    /// The consumer reads no more.
    pub(super) fn close(&self, gate: usize) {
        // ORDERING: relaxed, published by the release below.
        self.left_at.store(self.gates[gate].cursor(), Ordering::Relaxed);
        // ORDERING: release pairs with the acquires of `behind` and `claim`: the values were read
        // before the slots are written again.
        self.gates[gate].state.store(FREE, Ordering::Release);
    }

    /// Who is furthest behind `tail`; if there is no consumer, the tail itself.
    ///
    /// None if that could not be made out, as a consumer was cloned during each of a few scans. Whoever
    /// joins needs no further scan: it sees what is announced here, or its gate is seen.
    pub(super) fn look(&self, tail: usize) -> Option<Slowest> {
        // ORDERING: release pairs with the acquire of `open`: the tail was moved there before.
        self.announced.store(tail, Ordering::Release);
        for _ in 0..SCANS {
            // ORDERING: relaxed, by the fence.
            let clones = self.clones.load(Ordering::Relaxed);
            // ORDERING: sequentially consistent, against that of `open`.
            fence(Ordering::SeqCst);
            let mut slowest = Slowest { gate: usize::MAX, cursor: tail };
            for (gate, line) in self.gates.iter().enumerate() {
                if let Some(cursor) = line.behind()
                    && tail.wrapping_sub(cursor) > tail.wrapping_sub(slowest.cursor)
                {
                    slowest = Slowest { gate, cursor };
                }
            }
            // ORDERING: relaxed, as the acquire of `behind` brings the count along with the pass of
            // the consumer that was cloned.
            if self.clones.load(Ordering::Relaxed) == clones {
                return Some(slowest);
            }
        }
        None
    }

    /// Where the consumer is that is furthest behind `tail`, for who only wants to know. Where there is none, where the last one
    /// was: what it has not read nobody reads any more.
    pub(super) fn furthest_behind(&self, tail: usize) -> usize {
        // One that has gone beyond the tail since that was read is at the tail.
        let behind = |cursor: usize| match tail.wrapping_sub(cursor) {
            ahead if ahead > usize::MAX / 2 => 0,
            behind => behind,
        };
        let furthest = self.gates.iter().filter_map(|gate| gate.behind()).map(behind).max();
        // ORDERING: relaxed, by the acquire of `Gate::behind`, which saw the gate closed.
        let furthest = furthest.unwrap_or_else(|| behind(self.left_at.load(Ordering::Relaxed)));
        tail.wrapping_sub(furthest)
    }

    /// Whether that consumer is where it was.
    #[inline]
    pub(super) fn is_still(&self, slowest: Slowest) -> bool {
        self.gates.get(slowest.gate).is_some_and(|gate| gate.behind() == Some(slowest.cursor))
    }
}
