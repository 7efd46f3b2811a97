//! Where two arms say what becomes of the pass: the first verdict counts, the last arm goes on with it.

use crate::primitive::{AtomicU8, Ordering, UnsafeCell};

/// One place for a verdict, and who has been here.
///
/// ```text
///   bits   7         1        0
///        ┌───────┬─────────┬───────┐
///        │ gone  │panicked │ taken │      gone: how many arms have left
///        └───────┴─────────┴───────┘
/// ```
#[derive(Debug)]
pub(super) struct Verdicts<T> {
    state: AtomicU8,
    // INVARIANT: written by the one that set `TAKEN`, before it leaves; read by the last that leaves.
    verdict: UnsafeCell<Option<T>>,
}

const TAKEN: u8 = 1;
const PANICKED: u8 = 2;
const GONE: u8 = 4;

/// What an arm found that leaves.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival<T> {
    /// The other arm is still to come.
    OneToCome,
    /// This was the last; the verdict, if there is one.
    Last(Option<T>),
    /// This was the last, and one of them panicked; or what came after the last panicked.
    Panicked,
}

impl<T> Verdicts<T> {
    pub(super) fn new() -> Self {
        Self { state: AtomicU8::new(0), verdict: UnsafeCell::new(None) }
    }

    /// Begins a new pass.
    ///
    /// # Safety
    ///
    /// No arm is under way.
    #[inline]
    pub(super) unsafe fn clear(&self) {
        // ORDERING: relaxed, no arm is under way; starting one synchronises with it.
        self.state.store(0, Ordering::Relaxed);
        // SAFETY: nobody else looks.
        self.verdict.with_mut(|verdict| unsafe { *verdict = None });
    }

    /// An arm says its verdict, if it has one.
    ///
    /// # Safety
    ///
    /// The arm is under way, and has not left.
    pub(super) unsafe fn say(&self, verdict: Option<T>, panicked: bool) {
        if panicked {
            // ORDERING: relaxed, published by the release of `leave`.
            self.state.fetch_or(PANICKED, Ordering::Relaxed);
        }
        if verdict.is_none() {
            return;
        }
        // ORDERING: relaxed, it only decides who writes; `leave` publishes what was written.
        if self.state.fetch_or(TAKEN, Ordering::Relaxed) & TAKEN == 0 {
            // SAFETY: only who has set the bit writes, and nobody reads before it has left.
            self.verdict.with_mut(|place| unsafe { *place = verdict });
        }
    }

    /// An arm leaves. The last takes the verdict along.
    ///
    /// # Safety
    ///
    /// The arm is under way, and calls this; again only after it was told that it is the last.
    pub(super) unsafe fn leave(&self) -> Arrival<T> {
        // ORDERING: release publishes what this arm has said; acquire pairs with the other arm's release.
        let before = self.state.fetch_add(GONE, Ordering::AcqRel);
        if before / GONE == 0 {
            return Arrival::OneToCome;
        }
        if before & PANICKED != 0 || before / GONE > 1 {
            return Arrival::Panicked;
        }
        // SAFETY: the other arm has left, and does not come back.
        Arrival::Last(self.verdict.with_mut(|verdict| unsafe { (*verdict).take() }))
    }
}

// SAFETY: its methods are unsafe and say who may call them.
#[cfg(test)]
unsafe impl<T: Send> Sync for Verdicts<T> {}

#[cfg(test)]
mod tests {
    use super::{Arrival, Verdicts};

    #[cfg(loom)]
    use loom::thread;
    #[cfg(not(loom))]
    use std::thread;

    use crate::primitive::Arc;

    #[cfg(loom)]
    fn check(test: impl Fn() + Sync + Send + 'static) {
        loom::model(test);
    }

    #[cfg(not(loom))]
    fn check(test: impl Fn() + Sync + Send + 'static) {
        (0..1000).for_each(|_| test());
    }

    fn arm(verdicts: &Verdicts<Box<u8>>, verdict: Option<u8>) -> Arrival<Box<u8>> {
        // SAFETY: each arm of a test says and leaves once.
        unsafe { verdicts.say(verdict.map(Box::new), false) };
        // SAFETY: as above.
        unsafe { verdicts.leave() }
    }

    /// In each pass one of two racing arms is the last, and has the verdict of one of them.
    #[test]
    fn the_last_goes_on_with_the_first_verdict() {
        check(|| {
            let verdicts = Arc::new(Verdicts::new());
            for _ in 0..2 {
                // SAFETY: no arm is under way.
                unsafe { verdicts.clear() };
                let other = Arc::clone(&verdicts);
                let first = thread::spawn(move || arm(&other, Some(1)));
                let second = arm(&verdicts, Some(2));
                let first = first.join().unwrap();
                match (&first, &second) {
                    (Arrival::OneToCome, Arrival::Last(Some(verdict)))
                    | (Arrival::Last(Some(verdict)), Arrival::OneToCome) => {
                        assert!([1, 2].contains(&**verdict))
                    }
                    _ => panic!("both arms go on, or none: {first:?}, {second:?}"),
                }
            }
        });
    }

    /// An arm without a verdict may be the last; the other one's counts.
    #[test]
    fn an_arm_without_a_verdict_takes_none_away() {
        check(|| {
            let verdicts = Arc::new(Verdicts::new());
            let other = Arc::clone(&verdicts);
            let first = thread::spawn(move || arm(&other, Some(1)));
            let second = arm(&verdicts, None);
            let first = first.join().unwrap();
            let last = if first == Arrival::OneToCome { second } else { first };
            assert_eq!(last, Arrival::Last(Some(Box::new(1))));
        });
    }
}
