//! The figures of the round trips, and whether they keep within the limits.

use super::support::duel::{Measured, Results};
use super::support::placement::Placement;
use super::support::table::{ENOUGH, Figure, best, paired};

/// Contenders of one payload and capacity, by their places among all.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) bytes: usize,
    pub(crate) fused: usize,
    pub(crate) by_hand: Vec<usize>,
    /// The ring of the edge, driven by hand.
    pub(crate) ring: usize,
}

/// What a ratio may be: against the best twin, and against the raw line for what fits beside a number.
const AGAINST_TWIN: [(Figure, f64); 2] = [(Figure::Median, 1.02), (Figure::P99, 1.05)];
const AGAINST_RAW: [(Figure, f64); 2] = [(Figure::Median, 1.20), (Figure::P99, 1.30)];
const RAW_UP_TO: usize = 56;

/// Prints one group in one placement, if it was seen there.
pub(crate) fn print(
    results: &Results,
    names: &[String],
    group: &Group,
    placement: Placement,
    markdown: bool,
) {
    let seen = |index: usize| results.measured[index].get(&placement);
    let best = |what| best(&results.measured, group.by_hand.iter().copied(), placement, what);
    let (Some(fused), Some(middle), Some(tail), Some(raw)) =
        (seen(group.fused), best(Figure::Median), best(Figure::P99), results.raw.get(&placement))
    else {
        return;
    };
    let twin = |what| if what == Figure::Median { middle } else { tail };
    let against_twin =
        AGAINST_TWIN.map(|(what, limit)| Verdict::of(fused, seen(twin(what)), what, limit, "twin"));
    let against_raw = AGAINST_RAW.map(|(what, limit)| Verdict::of(fused, Some(raw), what, limit, "raw"));
    let raw_counts = group.bytes <= RAW_UP_TO;
    if markdown {
        let ratios = against_twin.iter().chain(&against_raw).map(|verdict| verdict.cell());
        let ratios = ratios.collect::<Vec<_>>().join(" | ");
        let at = |measured, share| nanos(results, measured, share);
        let hand = |what: Figure| seen(twin(what)).map_or(f64::NAN, |twin| at(twin, what.share()));
        println!(
            "| {}, {placement} | {:.0} / {:.0} / {:.0} | {:.0} / {:.0} | {ratios} |",
            group.name,
            at(fused, 0.5),
            at(fused, 0.99),
            at(fused, 0.999),
            hand(Figure::Median),
            hand(Figure::P99),
        );
        return;
    }
    println!("{}, {placement}: p50 / p99 / p99.9 in ns", group.name);
    let line = |name: &str, measured: &Measured| {
        let at = |share| nanos(results, measured, share);
        let few = if measured.slices.len() < ENOUGH { ", too few to judge" } else { "" };
        let (p50, p99, p999, n) = (at(0.5), at(0.99), at(0.999), measured.slices.len());
        println!("  {name:20} {p50:7.1} / {p99:7.1} / {p999:7.1}   ({n} slices{few})");
    };
    line("raw line", raw);
    for &index in [group.fused, group.ring].iter().chain(&group.by_hand) {
        if let Some(measured) = seen(index) {
            line(&names[index], measured);
        }
    }
    println!("  best twins: {} for p50, {} for p99", names[middle], names[tail]);
    for verdict in against_twin.iter().chain(against_raw.iter().filter(|_| raw_counts)) {
        println!("  {verdict}");
    }
}

fn nanos(results: &Results, measured: &Measured, share: f64) -> f64 {
    measured.pooled.percentile(share) * results.nanos_per_tick
}

/// A ratio with its confidence, and what it may be.
struct Verdict {
    what: Figure,
    over: &'static str,
    ratio: Option<[f64; 3]>,
    limit: f64,
}

impl Verdict {
    fn of(fused: &Measured, other: Option<&Measured>, what: Figure, limit: f64, over: &'static str) -> Self {
        let ratio = other.and_then(|other| paired(fused, other, what));
        Self { what, over, ratio, limit }
    }

    fn cell(&self) -> String {
        self.ratio.map_or_else(|| "-".to_owned(), |[_, ratio, _]| format!("{ratio:.2}"))
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = if self.what == Figure::Median { "p50" } else { "p99" };
        let Some([low, ratio, high]) = self.ratio else {
            return write!(f, "{what} x {}: not seen", self.over);
        };
        let verdict = match self.limit {
            limit if high <= limit => "holds",
            limit if low > limit => "OVER",
            limit if ratio <= limit => "holds, within the noise",
            _ => "over, within the noise",
        };
        write!(
            f,
            "{what} x {:4}: {ratio:.3}, 95 % between {low:.3} and {high:.3}; at most {:.2}: {verdict}",
            self.over, self.limit
        )
    }
}
