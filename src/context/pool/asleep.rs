//! Which workers sleep: a bit for each, by which exactly one of those who bring work wakes it.

use crate::primitive::{AtomicU64, Ordering, fence};

/// A set of workers that sleep or are about to.
///
/// ```text
///            1 announce              2 take_one (this caller wakes it)
///   awake ───────────────▶ in the set ──────────────────▶ awake
///     ▲                        │ 3 withdraw
///     └────────────────────────┘
/// ```
///
/// A worker announces itself, *then* looks for work once more, and then sleeps. Who brings work makes it visible, *then* looks
/// into the set. Between the two halves of either side lies a `SeqCst` fence, so that one of the two sees the other: no work
/// is slept past. Taking a bit out is one read-modify-write, so that each sleep is ended by one waker alone.
#[derive(Debug)]
pub(super) struct Asleep {
    // INVARIANT: a bit is set by its worker alone, and taken out by its worker or by whoever wakes it.
    words: Box<[AtomicU64]>,
}

const BITS: usize = u64::BITS as usize;

impl Asleep {
    /// Nobody of so many workers sleeps.
    pub(super) fn new(workers: usize) -> Self {
        Self { words: (0..workers.div_ceil(BITS)).map(|_| AtomicU64::new(0)).collect() }
    }

    fn word(&self, worker: usize) -> (&AtomicU64, u64) {
        (&self.words[worker / BITS], 1 << (worker % BITS))
    }

    /// On the worker, before it looks for work for the last time.
    pub(super) fn announce(&self, worker: usize) {
        let (word, bit) = self.word(worker);
        // ORDERING: relaxed, the fence orders it before the worker's last look.
        word.fetch_or(bit, Ordering::Relaxed);
        // Pairs with the fence of `take_one`.
        fence(Ordering::SeqCst);
    }

    /// On the worker, when it does not sleep any more. Whether somebody had taken it out, for work that it may not have seen.
    pub(super) fn withdraw(&self, worker: usize) -> bool {
        let (word, bit) = self.word(worker);
        // ORDERING: acquire pairs with the fence of `take_one`: what the waker brought is looked for afterwards.
        word.fetch_and(!bit, Ordering::Acquire) & bit == 0
    }

    /// After work was made visible: takes out somebody who sleeps, whom the caller must wake.
    pub(super) fn take_one(&self) -> Option<usize> {
        // Pairs with the fence of `announce`.
        fence(Ordering::SeqCst);
        for (at, word) in self.words.iter().enumerate() {
            // ORDERING: relaxed, the fence orders it behind the work; the bit stands for itself.
            let mut set = word.load(Ordering::Relaxed);
            while set != 0 {
                let first = set.trailing_zeros();
                let bit = 1 << first;
                // ORDERING: relaxed, only who takes the bit out matters.
                let before = word.fetch_and(!bit, Ordering::Relaxed);
                if before & bit != 0 {
                    return Some(at * BITS + first as usize);
                }
                set = before & !bit;
            }
        }
        None
    }
}

#[cfg(all(test, loom))]
mod model;
