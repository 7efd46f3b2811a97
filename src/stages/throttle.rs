//! `throttle`: at most one value per period.

use std::time::{Duration, Instant};

/// For `filter`: lets a value through, and then none before `period` has passed.
///
/// **Costs** one look at the monotonic clock per value, some 20 to 30 ns; [`throttle_by`] takes the time from the value.
///
/// RxJS: `throttleTime`.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fusewire::prelude::*;
/// use fusewire::stages::throttle;
///
/// let shown = fuse! { from_iter(1..=1000).filter(throttle(Duration::from_secs(3600))) };
/// assert_eq!(block_on(shown), Completion::Value(1));
/// ```
pub fn throttle<T>(period: Duration) -> impl FnMut(&T) -> bool + Send + Clone {
    let mut next: Option<Instant> = None;
    move |_| {
        let now = Instant::now();
        let lets = next.is_none_or(|next| now >= next);
        if lets {
            // A period beyond the clock's end: never again.
            next = Some(now.checked_add(period).unwrap_or(now + FAR));
        }
        lets
    }
}

/// Later than any program ends, and within what the clock can say.
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 100);

/// For `filter`: as [`throttle`], by the time that `time` reads from the value, in whatever unit that and `period` have.
///
/// A time that goes back lets nothing through until it has caught up.
/// **Costs** one comparison per value.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::stages::throttle_by;
///
/// let quotes = [(100, 'a'), (150, 'b'), (199, 'c'), (200, 'd')];
/// let shown = fuse! { from_iter(quotes).filter(throttle_by(100, |quote: &(u64, char)| quote.0)).map(|q| q.1).repeat(2) };
/// assert_eq!(block_on(shown), Completion::Value('d'));
/// ```
pub fn throttle_by<T, F>(period: u64, time: F) -> impl FnMut(&T) -> bool + Send + Clone
where
    F: Fn(&T) -> u64 + Send + Clone,
{
    let mut next = None;
    move |value| {
        let now = time(value);
        let lets = next.is_none_or(|next| now >= next);
        if lets {
            next = Some(now.saturating_add(period));
        }
        lets
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{throttle, throttle_by};

    #[test]
    fn one_per_period_of_the_clock() {
        let mut stage = throttle(Duration::from_millis(20));
        let began = std::time::Instant::now();
        let (mut through, mut asked) = (0, 0_u32);
        while began.elapsed() < Duration::from_millis(100) {
            through += u32::from(stage(&()));
            asked += 1;
        }
        // 0, 20, .. 80 ms, and one at the border; a machine that stands still has fewer.
        assert!((1..=6).contains(&through), "{through} of {asked}");
        assert!(!throttle_is_open_again(Duration::MAX));
    }

    fn throttle_is_open_again(period: Duration) -> bool {
        let mut stage = throttle(period);
        assert!(stage(&()));
        stage(&())
    }

    #[test]
    fn one_per_period_of_the_values_own_time() {
        let mut stage = throttle_by(10, |time: &u64| *time);
        let times = [5, 6, 14, 15, 3, 24, 25, u64::MAX, u64::MAX];
        assert_eq!(
            times.map(|time| stage(&time)),
            [true, false, false, true, false, false, true, true, true]
        );
    }
}
