//! Ratios, within one placement only.

use std::collections::BTreeMap;

use super::duel::{Measured, Results};
use super::placement::Placement;
use super::samples::quartiles;

/// Fewer clean slices than this are shown, but not judged.
pub(crate) const ENOUGH: usize = 20;

/// The median over cycles of one contender's figure over another's, cycle by cycle, with quartiles.
///
/// `what` is 0 for the median and 1 for the 99th percentile of a slice.
pub(crate) fn paired(ours: &Measured, theirs: &Measured, what: usize) -> Option<[f64; 3]> {
    let ratios = ours
        .slices
        .iter()
        .filter_map(|(cycle, figures)| Some(figures[what] / theirs.slices.get(cycle)?[what]))
        .collect();
    quartiles(ratios)
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

/// Which of those contenders has the smallest median in that placement.
pub(crate) fn best(
    measured: &[BTreeMap<Placement, Measured>],
    among: impl IntoIterator<Item = usize>,
    placement: Placement,
) -> Option<usize> {
    let median = |index: &usize| measured[*index].get(&placement).map(|seen| seen.pooled.percentile(0.5));
    among
        .into_iter()
        .filter(|index| measured[*index].contains_key(&placement))
        .min_by(|one, other| median(one).partial_cmp(&median(other)).unwrap_or(std::cmp::Ordering::Equal))
}
