//! What is counted on an edge that leaves the process, and where.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::edge::{EdgeCounters, EdgeStats, Readings};

use crate::post::Post;

/// A number that one thread counts up and others read. Who sees a number sees also what was counted before it.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    #[inline(always)]
    pub(crate) fn get(&self) -> u64 {
        // ORDERING: acquire, with the release of `set`.
        self.0.load(Ordering::Acquire)
    }

    #[inline(always)]
    pub(crate) fn set(&self, number: u64) {
        // ORDERING: release, with the acquire of `get`.
        self.0.store(number, Ordering::Release);
    }

    /// Only one thread calls this, so no read-modify-write is needed.
    #[inline(always)]
    pub(crate) fn add(&self, number: u64) {
        // ORDERING: relaxed, its own word.
        self.set(self.0.load(Ordering::Relaxed).saturating_add(number));
    }
}

/// The numbers of an edge. An end that was opened apart has only its own half.
#[derive(Debug, Default)]
pub struct Tally {
    pub(crate) sent: Sent,
    pub(crate) heard: Heard,
    // The sender is gone, and its end could not be sent: a receiver in the same process learns of it here.
    ended: AtomicBool,
    // The receiver is gone: a sender in the same process learns of it here, one in another by itself never.
    deserted: AtomicBool,
}

/// The sender's half. On lines of its own: the receiver's are written by another core.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Sent {
    /// The values that the sender took: sent, waiting or dropped.
    pub(crate) taken: Count,
    pub(crate) dropped: Count,
    pub(crate) waiting: Count,
    pub(crate) spilled: Count,
    pub(crate) stalls: Count,
    pub(crate) reopened: Count,
}

/// The receiver's half.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Heard {
    pub(crate) popped: Count,
    /// The values that the receiver took from the engine.
    pub(crate) accepted: Count,
    pub(crate) lost: Count,
    pub(crate) missed: Count,
    pub(crate) duplicates: Count,
    pub(crate) refused: Count,
    pub(crate) reopened: Count,
}

impl Tally {
    /// Messages of a sender that has gone, the last of which is the end, could not be sent: told once, by the keeper, after the
    /// sender's last word.
    pub(crate) fn left_behind(&self, messages: usize) {
        self.sent.dropped.add((messages as u64).saturating_sub(1));
        self.sent.waiting.set(0);
        self.end_without_a_word();
    }

    /// Of a sender that has gone so many messages are still to be sent, the last of which is the end.
    pub(crate) fn leaves(&self, messages: usize) {
        self.sent.waiting.set((messages as u64).saturating_sub(1));
    }

    /// The sender is gone, and nothing on the wire will say so.
    pub(crate) fn end_without_a_word(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }

    /// The receiver is gone.
    pub(crate) fn desert(&self) {
        self.deserted.store(true, Ordering::SeqCst);
    }

    /// Whether the receiver, in the same process, is gone.
    pub(crate) fn is_deserted(&self) -> bool {
        self.deserted.load(Ordering::SeqCst)
    }

    /// Whether the sender, in the same process, is gone without a word on the wire.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }
}

/// Which half of an edge somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Both,
    Sender,
    Receiver,
}

/// What went over a remote edge, as one reading.
///
/// `pushed == popped + dropped + depth` at every stop. An end that was opened apart counts what it can see: for a sender what
/// the engine took is `popped`, for a receiver what it heard or was told is missing is `pushed`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RemoteStats {
    /// Values that the edge took.
    pub pushed: u64,
    /// Values that came out of it.
    pub popped: u64,
    /// Values that did not: dropped by the policy, lost on the way, or left when the sender ended and nobody was there.
    pub dropped: u64,
    /// Values that are inside, as far as this end sees.
    pub depth: u64,
    /// Of the dropped, those that were lost on the way: the sum of all gaps. Receiver.
    pub lost: u64,
    /// Values that were sent before this receiver joined, so that they are nobody's loss. Receiver.
    pub missed: u64,
    /// Messages that came twice, and were dropped without being counted anywhere else. Receiver.
    pub duplicates: u64,
    /// Messages that were refused: foreign, short or of another type. Receiver.
    pub refused: u64,
    /// Values that waited on the sender's side because the engine had no room. Sender.
    pub spilled: u64,
    /// How often the sender found no room, counted once until it sends again. Sender.
    pub stalls: u64,
    /// How often this end was opened again after its driver or publication was gone.
    pub reopened: u64,
    /// Why this end is not open now, in one sentence.
    pub fault: Option<String>,
}

impl RemoteStats {
    pub(crate) fn read(tally: &Tally, half: Half, fault: Option<String>) -> Self {
        // What is taken out first is read first, so that no sum is ever negative.
        let (popped, lost, accepted) =
            (tally.heard.popped.get(), tally.heard.lost.get(), tally.heard.accepted.get());
        let (pushed, popped, dropped, depth) = match half {
            Half::Both => {
                let dropped = tally.sent.dropped.get().saturating_add(lost);
                let taken = tally.sent.taken.get();
                (taken, popped, dropped, taken.saturating_sub(popped).saturating_sub(dropped))
            }
            Half::Sender => {
                // What became of a value is counted before it, and read after it: what is left of the sum is never more than the engine
                // took.
                let taken = tally.sent.taken.get();
                let (dropped, waiting) = (tally.sent.dropped.get(), tally.sent.waiting.get());
                (taken, taken.saturating_sub(dropped).saturating_sub(waiting), dropped, waiting)
            }
            Half::Receiver => (accepted.saturating_add(lost), popped, lost, accepted.saturating_sub(popped)),
        };
        Self {
            pushed,
            popped,
            dropped,
            depth,
            lost,
            missed: tally.heard.missed.get(),
            duplicates: tally.heard.duplicates.get(),
            refused: tally.heard.refused.get(),
            spilled: tally.sent.spilled.get(),
            stalls: tally.sent.stalls.get(),
            reopened: tally.sent.reopened.get() + tally.heard.reopened.get(),
            fault,
        }
    }
}

/// Reads the numbers of one end, from any thread.
pub(crate) struct Reading {
    tally: Arc<Tally>,
    half: Half,
    post: Arc<Post>,
}

impl Reading {
    pub(crate) fn new(tally: Arc<Tally>, half: Half, post: Arc<Post>) -> Self {
        Self { tally, half, post }
    }

    pub(crate) fn read(&self) -> RemoteStats {
        RemoteStats::read(&self.tally, self.half, self.post.fault())
    }

    pub(crate) fn edge_stats(self: &Arc<Self>) -> EdgeStats {
        EdgeStats::new(Shared(Arc::clone(self)))
    }
}

struct Shared(Arc<Reading>);

impl Readings for Shared {
    fn counters(&self) -> EdgeCounters {
        let read = self.0.read();
        let mut counters = EdgeCounters::default();
        counters.pushed = read.pushed;
        counters.popped = read.popped;
        counters.dropped = read.dropped;
        counters.stalls = read.stalls;
        counters.spilled = read.spilled;
        counters.depth = read.depth;
        counters
    }

    /// The log is counted in bytes.
    fn capacity(&self) -> usize {
        usize::MAX
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.read().fmt(f)
    }
}
