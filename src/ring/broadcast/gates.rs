//! How far each consumer is, and who looks at it when.

use crossbeam_utils::CachePadded;

use crate::primitive::{AtomicU8, AtomicUsize, Ordering, fence};

const FREE: u8 = 0;
const CLAIMED: u8 = 1;
const OPEN: u8 = 2;

/// How far one consumer is. It has a line of its own, which only the consumer writes to.
#[derive(Debug)]
pub(super) struct Gate {
    state: AtomicU8,
    // INVARIANT: while open, the index of the next value that the consumer reads; only moved forward.
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
    // INVARIANT: how many gates were opened so far.
    openings: AtomicUsize,
}

/// What the producer saw: who is furthest behind, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slowest {
    pub(super) gate: usize,
    pub(super) cursor: usize,
}

impl Gates {
    pub(super) fn new(count: usize, start: usize) -> Self {
        let free = |_| CachePadded::new(Gate { state: AtomicU8::new(FREE), cursor: AtomicUsize::new(start) });
        Self {
            gates: (0..count).map(free).collect(),
            announced: CachePadded::new(AtomicUsize::new(start)),
            openings: AtomicUsize::new(0),
        }
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

    /// Opens a gate that was claimed, at `cursor`, which an open gate does not pass meanwhile.
    pub(super) fn open_at(&self, gate: usize, cursor: usize) {
        // ORDERING: relaxed, ordered by the store below.
        self.gates[gate].cursor.store(cursor, Ordering::Relaxed);
        // ORDERING: release pairs with the acquire of `behind`: who sees the gate open sees where.
        self.gates[gate].state.store(OPEN, Ordering::Release);
        // ORDERING: release, so that a look that sees the other gate pass on sees this count, by the
        // acquire of `behind` and as the other consumer passes after this.
        self.openings.fetch_add(1, Ordering::Release);
    }

    /// Opens a gate that was claimed, at `tail` or at what the producer has announced since; returns
    /// where.
    pub(super) fn open(&self, gate: usize, tail: usize) -> usize {
        self.open_at(gate, tail);
        // ORDERING: sequentially consistent, against that of `look`: a look that begins later sees the
        // gate, and of an earlier one the tail is read here.
        fence(Ordering::SeqCst);
        // ORDERING: relaxed, by the fence.
        let announced = self.announced.load(Ordering::Relaxed);
        let ahead = announced.wrapping_sub(tail);
        if ahead == 0 || ahead > usize::MAX / 2 {
            return tail;
        }
        self.gates[gate].pass(announced);
        announced
    }

    /// The consumer reads no more.
    pub(super) fn close(&self, gate: usize) {
        // ORDERING: release pairs with the acquires of `behind` and `claim`: the values were read
        // before the slots are written again.
        self.gates[gate].state.store(FREE, Ordering::Release);
    }

    /// Who is furthest behind `tail`; if there is no consumer, the tail itself.
    pub(super) fn look(&self, tail: usize) -> Slowest {
        // ORDERING: relaxed, by the fence.
        self.announced.store(tail, Ordering::Relaxed);
        loop {
            // ORDERING: relaxed, by the fence.
            let openings = self.openings.load(Ordering::Relaxed);
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
            if self.openings.load(Ordering::Relaxed) == openings {
                return slowest;
            }
        }
    }

    /// Where the consumer is that is furthest behind `tail`, for who only wants to know.
    pub(super) fn furthest_behind(&self, tail: usize) -> usize {
        let behind = |cursor: usize| tail.wrapping_sub(cursor);
        // One that has gone beyond the tail since that was read is at the tail.
        let known = |gate: &CachePadded<Gate>| {
            gate.behind().map_or(0, |cursor| if behind(cursor) > usize::MAX / 2 { 0 } else { behind(cursor) })
        };
        tail.wrapping_sub(self.gates.iter().map(known).max().unwrap_or_default())
    }

    /// Whether that consumer is where it was.
    #[inline]
    pub(super) fn is_still(&self, slowest: Slowest) -> bool {
        self.gates.get(slowest.gate).is_some_and(|gate| gate.behind() == Some(slowest.cursor))
    }
}
