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
    /// is needed, so that a consumer that is interrupted costs none of those that are inside. Where
    /// another producer takes the room that was made, `out` gets one more.
    ///
    /// # Errors
    ///
    /// [`Full`] gives the value back if the slot that is due is half empty or half filled: a consumer that
    /// has begun to take the value out of it, or a producer that has begun to push one, was interrupted, so
    /// that there is neither room nor anything to take. Until it goes on, each call that comes to that slot
    /// looks at it 256 times and fails, also if all other slots are empty: what is lost is then the newest.
    ///
    /// # Panics
    ///
    /// Only if `out` does. The value is inside by then, unless another producer took the room that was made:
    /// then it is dropped.
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
            let oldest = self.take_oldest();
            if oldest.is_some() {
                // Somebody goes on: it is another slot that is looked at next.
                looks = 0;
            } else {
                looks += 1;
                #[cfg(not(loom))]
                std::hint::spin_loop();
                #[cfg(loom)]
                loom::thread::yield_now();
            }
            // Ahead of `out`, which may panic.
            let pushed = self.try_push(value);
            if let Some(oldest) = oldest {
                out(oldest);
            }
            match pushed {
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
