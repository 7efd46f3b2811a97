//! A histogram of ticks whose percentiles are finer than the steps of the clock.

use std::collections::BTreeMap;

/// Counts of measured ticks.
#[derive(Debug, Default, Clone)]
pub(crate) struct Samples {
    counts: BTreeMap<u32, u64>,
    total: u64,
}

impl Samples {
    /// Of these.
    pub(crate) fn of(ticks: &[u32]) -> Self {
        let mut samples = Self::default();
        samples.extend(ticks);
        samples
    }

    /// Counts these too.
    pub(crate) fn extend(&mut self, ticks: &[u32]) {
        for &tick in ticks {
            *self.counts.entry(tick).or_default() += 1;
        }
        self.total += ticks.len() as u64;
    }

    /// Counts all of those too.
    pub(crate) fn append(&mut self, others: Self) {
        for (tick, count) in others.counts {
            *self.counts.entry(tick).or_default() += count;
        }
        self.total += others.total;
    }

    /// The value below which that share of the samples lies, in ticks.
    ///
    /// A clock that steps says the same for all of a step; each value is taken to stand for the
    /// range up to half-way to its neighbours, and the percentile is interpolated in that range.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let rank = share * self.total as f64;
        let mut below = 0.0;
        let mut values =
            self.counts.iter().map(|(&value, &count)| (f64::from(value), count as f64)).peekable();
        let mut before = None;
        while let Some((value, count)) = values.next() {
            if below + count >= rank {
                let next = values.peek().map_or(value, |&(next, _)| next);
                let low = before.map_or(value, |before: f64| f64::midpoint(before, value));
                let high = f64::midpoint(value, next);
                return low + (high - low) * ((rank - below) / count).clamp(0.0, 1.0);
            }
            below += count;
            before = Some(value);
        }
        f64::NAN
    }
}

/// The median of some ratios between the bounds within which it lies with a confidence of 95 %.
///
/// By the ranks alone: how many of `n` values are below the true median is a matter of coin tosses.
pub(crate) fn confident(mut values: Vec<f64>) -> Option<[f64; 3]> {
    values.sort_by(f64::total_cmp);
    let (half, spread) = (values.len() as f64 / 2.0, 0.98 * (values.len() as f64).sqrt());
    let last = values.len().checked_sub(1)?;
    let at = |rank: f64| values[(rank.max(0.0) as usize).min(last)];
    Some([at(half - spread), at(half), at(half + spread)])
}
