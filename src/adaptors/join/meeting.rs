//! Where two completions wait for each other.

use crate::completion::Completion;
use crate::primitive::{AtomicU8, Ordering, UnsafeCell};

/// Two places, and a count of how many of them are filled.
///
/// ```text
///        1                 1
///   0 ───────▶ 1 arrived ───────▶ 2 arrived
///   ▲                                 │ 2
///   └─────────────────────────────────┘
///
///   1  first, second: the completion is stored; whoever makes it two takes both
///   2  clear: a new pass begins
/// ```
#[derive(Debug)]
pub(super) struct Meeting<A, B> {
    // INVARIANT: 0, 1 or 2; the release of one arrival publishes its place to the other.
    arrived: AtomicU8,
    // INVARIANT: each is written by its own arm, before it counts itself in, and read by the last.
    first: UnsafeCell<Option<A>>,
    second: UnsafeCell<Option<B>>,
}

/// What an arrival found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival<A, B> {
    /// The other one is still to come.
    OneToCome,
    /// This was the last: take these on.
    Both(A, B),
    /// Both had arrived before: this arm went on, and what came next panicked.
    Again,
}

/// The meeting of the arms of a join.
pub(super) type OfArms<VA, EA, VB, EB> = Meeting<Completion<VA, EA>, Completion<VB, EB>>;

impl<A, B> Meeting<A, B> {
    pub(super) fn new() -> Self {
        Self { arrived: AtomicU8::new(0), first: UnsafeCell::new(None), second: UnsafeCell::new(None) }
    }

    /// Begins a new pass.
    ///
    /// # Safety
    ///
    /// No arm is under way.
    #[inline]
    pub(super) unsafe fn clear(&self) {
        // ORDERING: relaxed, no arm is under way; starting one synchronises with it.
        self.arrived.store(0, Ordering::Relaxed);
    }

    /// The first arm has arrived before the second one starts.
    ///
    /// # Safety
    ///
    /// No arm is under way, and the meeting is clear.
    #[inline]
    pub(super) unsafe fn first_is_early(&self, value: A) {
        // SAFETY: no arm is under way, so that nobody else looks.
        self.first.with_mut(|first| unsafe { *first = Some(value) });
        // ORDERING: relaxed, starting the second arm synchronises with it.
        self.arrived.store(1, Ordering::Relaxed);
    }

    /// Takes an early first completion back, because the second arm was early too.
    ///
    /// # Safety
    ///
    /// No arm is under way.
    #[inline]
    pub(super) unsafe fn take_early(&self) -> Option<A> {
        // SAFETY: no arm is under way, so that nobody else looks.
        self.first.with_mut(|first| unsafe { (*first).take() })
    }

    /// The first arm arrives.
    ///
    /// # Safety
    ///
    /// The first arm is under way, and calls this; again only after it was told `Both`.
    pub(super) unsafe fn first(&self, value: A) -> Arrival<A, B> {
        if self.is_over() {
            return Arrival::Again;
        }
        // SAFETY: the other arm does not look before this one has counted itself in.
        self.first.with_mut(|first| unsafe { *first = Some(value) });
        self.arrive()
    }

    /// The second arm arrives.
    ///
    /// # Safety
    ///
    /// The second arm is under way, and calls this; again only after it was told `Both`.
    pub(super) unsafe fn second(&self, value: B) -> Arrival<A, B> {
        if self.is_over() {
            return Arrival::Again;
        }
        // SAFETY: the other arm does not look before this one has counted itself in.
        self.second.with_mut(|second| unsafe { *second = Some(value) });
        self.arrive()
    }

    fn is_over(&self) -> bool {
        // ORDERING: relaxed, an arm sees 2 only if it made it 2 itself.
        self.arrived.load(Ordering::Relaxed) == 2
    }

    fn arrive(&self) -> Arrival<A, B> {
        // ORDERING: release publishes this arm's place; acquire pairs with the other arm's release.
        if self.arrived.fetch_add(1, Ordering::AcqRel) == 0 {
            return Arrival::OneToCome;
        }
        // SAFETY: the other arm has written its place, and does not come back to it.
        let first = self.first.with_mut(|first| unsafe { (*first).take() });
        // SAFETY: as above.
        let second = self.second.with_mut(|second| unsafe { (*second).take() });
        match (first, second) {
            (Some(first), Some(second)) => Arrival::Both(first, second),
            _ => unreachable!("an arm counts itself in after it has filled its place"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrival, Meeting};

    #[cfg(loom)]
    use loom::thread;
    #[cfg(not(loom))]
    use std::thread;

    use crate::primitive::Arc;

    // SAFETY: its methods are unsafe and say who may call them.
    unsafe impl<A: Send, B: Send> Sync for Meeting<A, B> {}

    #[cfg(loom)]
    fn check(test: impl Fn() + Sync + Send + 'static) {
        loom::model(test);
    }

    #[cfg(not(loom))]
    fn check(test: impl Fn() + Sync + Send + 'static) {
        (0..1000).for_each(|_| test());
    }

    /// Two passes; in each, exactly one of two racing arms takes both values.
    #[test]
    fn the_last_arm_takes_both() {
        check(|| {
            let meeting = Arc::new(Meeting::new());
            for pass in 0..2_u8 {
                // SAFETY: no arm is under way.
                unsafe { meeting.clear() };
                let other = Arc::clone(&meeting);
                // SAFETY: this is the first arm.
                let first = thread::spawn(move || unsafe { other.first(Box::new(pass)) });
                // SAFETY: this is the second arm.
                let second = unsafe { meeting.second(Box::new('x')) };
                let first = first.join().unwrap();
                let both = Arrival::Both(Box::new(pass), Box::new('x'));
                match (&first, &second) {
                    (Arrival::OneToCome, _) => assert_eq!(second, both),
                    (_, Arrival::OneToCome) => assert_eq!(first, both),
                    _ => panic!("both arms were told to go on, or none: {first:?}, {second:?}"),
                }
            }
        });
    }

    /// The first value was there before the second arm started.
    #[test]
    fn an_early_first_waits_for_the_second() {
        check(|| {
            let meeting = Arc::new(Meeting::new());
            // SAFETY: no arm is under way.
            unsafe { meeting.clear() };
            // SAFETY: as above.
            unsafe { meeting.first_is_early(Box::new(1)) };
            let other = Arc::clone(&meeting);
            let told = thread::spawn(move || {
                // SAFETY: this is the second arm.
                let late = unsafe { other.second('x') };
                // SAFETY: it was told `Both`, which is checked below.
                let again = unsafe { other.second('y') };
                [late, again]
            });
            assert_eq!(told.join().unwrap(), [Arrival::Both(Box::new(1), 'x'), Arrival::Again]);
            // SAFETY: no arm is under way any more.
            assert_eq!(unsafe { meeting.take_early() }, None);
        });
    }
}
