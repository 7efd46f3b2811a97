//! Ratios, within one placement only.

use std::collections::BTreeMap;

use super::duel::{Measured, Results};
use super::placement::Placement;
use super::samples::confident;

/// Fewer clean slices than this are shown, but not judged.
pub(crate) const ENOUGH: usize = 20;

/// A figure of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Half of the samples are below it.
    Median,
    /// 99 of 100 samples are below it.
    P99,
}

impl Figure {
    /// The share of the samples that are below it.
    pub(crate) const fn share(self) -> f64 {
        match self {
            Self::Median => 0.5,
            Self::P99 => 0.99,
        }
    }
}

/// The median over cycles of one contender's figure over another's, cycle by cycle, between the
/// bounds within which it lies with a confidence of 95 %.
pub(crate) fn paired(ours: &Measured, theirs: &Measured, what: Figure) -> Option<[f64; 3]> {
    let what = what as usize;
    let pairs = ours.slices.iter().filter_map(|(cycle, figures)| Some((figures, theirs.slices.get(cycle)?)));
    confident(pairs.map(|(ours, theirs)| ours[what] / theirs[what]).collect())
}

/// A line that says on what machine and under what conditions the figures were taken.
pub(crate) fn conditions(results: &Results) -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown", |(_, model)| model);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    format!(
        "{model}, load {load}; {} clean slices, {} dropped; a tick is {:.3} ns",
        results.clean, results.dropped, results.nanos_per_tick
    )
}

/// One contender's figures in nanoseconds, as `p50 / p99`.
pub(crate) fn nanos(results: &Results, measured: &Measured) -> String {
    let at = |share| measured.pooled.percentile(share) * results.nanos_per_tick;
    format!("{:7.1} / {:7.1}", at(0.5), at(0.99))
}

/// The raw ping-pong, one line for each placement seen.
pub(crate) fn print_raw(results: &Results) {
    for (placement, raw) in &results.raw {
        println!("  {placement:4}  raw one-line ping-pong  {} ns", nanos(results, raw));
    }
}

/// Which of those contenders has the smallest such figure in that placement.
pub(crate) fn best(
    measured: &[BTreeMap<Placement, Measured>],
    among: impl IntoIterator<Item = usize>,
    placement: Placement,
    what: Figure,
) -> Option<usize> {
    let figure =
        |index: &usize| measured[*index].get(&placement).map(|seen| seen.pooled.percentile(what.share()));
    among
        .into_iter()
        .filter(|index| measured[*index].contains_key(&placement))
        .min_by(|one, other| figure(one).partial_cmp(&figure(other)).unwrap_or(std::cmp::Ordering::Equal))
}
