//! Waits between attempts that grow.

use std::time::Duration;

use super::{Retry, RetryPolicy};

/// A retry policy whose waits double from attempt to attempt, up to a longest one.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fusewire::adaptors::Backoff;
/// use fusewire::prelude::*;
///
/// let mut left = 2;
/// let connected = just(()).try_map(move |()| {
///     left -= 1;
///     if left == 0 { Ok("connected") } else { Err("refused") }
/// });
/// let patient = connected.retry_when(Backoff::new(Duration::from_micros(50)).attempts(5));
/// assert_eq!(block_on(patient), Completion::Value("connected"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    attempts: u32,
}

impl Backoff {
    /// Waits `first` after the first failure, and twice as long after each further one, without end.
    pub const fn new(first: Duration) -> Self {
        Self { first, longest: Duration::MAX, attempts: u32::MAX }
    }

    /// Never waits longer than this.
    #[must_use]
    pub const fn at_most(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// Gives up after so many attempts in all.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The wait after attempt number `attempt`, of which the first is 1.
    pub fn wait(&self, attempt: u32) -> Duration {
        let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }
}

impl<E> RetryPolicy<E> for Backoff {
    fn decide(&mut self, attempt: u32, _: &E) -> Retry {
        if attempt < self.attempts { Retry::After(self.wait(attempt)) } else { Retry::GiveUp }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_saturate() {
        let backoff = Backoff::new(Duration::from_millis(3)).at_most(Duration::from_millis(20));
        let waits = [1, 2, 3, 4, 40, u32::MAX].map(|attempt| backoff.wait(attempt).as_millis());
        assert_eq!(waits, [3, 6, 12, 20, 20, 20]);
    }

    #[test]
    fn gives_up_after_the_last_attempt() {
        let mut backoff = Backoff::new(Duration::ZERO).attempts(2);
        assert_eq!(backoff.decide(1, &()), Retry::After(Duration::ZERO));
        assert_eq!(backoff.decide(2, &()), Retry::GiveUp);
    }
}
