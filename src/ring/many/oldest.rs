//! Taking the oldest value as a producer, which makes room for a newer one.

use super::super::Full;
use super::consumer::empty;
use super::producer::ManyProducer;
use super::{Count, Several, filled};
use crate::primitive::Ordering;

/// Looks at a slot that a consumer is just emptying before it is taken to be interrupted.
const LOOKS: u32 = if cfg!(loom) { 1 } else { 256 };

impl<T, P: Count> ManyProducer<T, P, Several> {
    /// Pushes a value, in place of the oldest one if the ring is full, which `out` then gets. Never
    /// blocks.
    ///
    /// Each value is either popped or given to `out`, once. None is taken out but the one whose slot
    /// is needed, so that a consumer that is interrupted costs one value and not all of them. Where
    /// another producer takes the room that was made, `out` gets one more.
    ///
    /// # Errors
    ///
    /// [`Full`] gives the value back if the oldest is half out: a consumer has begun to take it and
    /// was interrupted, so that there is no room and nothing to take.
    #[inline(always)]
    pub fn push_over_oldest(&mut self, value: T, out: impl FnMut(T)) -> Result<(), Full<T>> {
        match self.try_push(value) {
            Ok(()) => Ok(()),
            Err(Full(value)) => self.push_over(value, out),
        }
    }

    #[cold]
    fn push_over(&mut self, mut value: T, mut out: impl FnMut(T)) -> Result<(), Full<T>> {
        let mut looks = 0;
        loop {
            if let Some(oldest) = self.take_oldest() {
                out(oldest);
            } else {
                looks += 1;
                #[cfg(not(loom))]
                std::hint::spin_loop();
                #[cfg(loom)]
                loom::thread::yield_now();
            }
            match self.try_push(value) {
                Ok(()) => return Ok(()),
                Err(full) if looks == LOOKS => return Err(full),
                Err(Full(back)) => value = back,
            }
        }
    }

    /// Takes the oldest value out of the ring if that is full.
    pub fn take_oldest(&mut self) -> Option<T> {
        let capacity = self.capacity();
        let oldest = self.look_at_tail().wrapping_sub(capacity);
        // SAFETY: in-slot, masked below the capacity; `shared` keeps the slots alive.
        let number = unsafe { self.slots().sequence(oldest & (capacity - 1)) };
        // ORDERING: acquire pairs with the release of `fill`: the value is read below.
        if number.load(Ordering::Acquire) != filled(oldest) {
            return None;
        }
        let next = oldest.wrapping_add(1);
        // ORDERING: release pairs with the acquire of `Shared::now`, as in `ManyConsumer::claim`.
        // Relaxed if it fails, nothing was learnt.
        let claimed =
            self.shared().head().compare_exchange(oldest, next, Ordering::Release, Ordering::Relaxed);
        claimed.ok()?;
        // ORDERING: release pairs with the acquire of `ManyWatch::counts`, so that no value was taken
        // out that the head is not past.
        self.shared().taken().fetch_add(1, Ordering::Release);
        Some(empty(self.slots(), capacity - 1, oldest))
    }
}
