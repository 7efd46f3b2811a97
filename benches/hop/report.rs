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

/// One group in one placement, if it was seen there.
struct Seen<'r> {
    results: &'r Results,
    group: &'r Group,
    placement: Placement,
    fused: &'r Measured,
    raw: &'r Measured,
    /// The twin whose median is the least: the one that is compared with.
    twin: usize,
    /// The twin with the least 99th percentile, if that is another one.
    tail: Option<usize>,
}

/// Prints one group in one placement, if it was seen there; as a row of [`HEAD`] if `markdown`.
pub(crate) fn print(
    results: &Results,
    names: &[String],
    group: &Group,
    placement: Placement,
    markdown: bool,
) {
    let best = |what| best(&results.measured, group.by_hand.iter().copied(), placement, what);
    let (Some(fused), Some(raw), Some(twin)) =
        (results.measured[group.fused].get(&placement), results.raw.get(&placement), best(Figure::Median))
    else {
        return;
    };
    let tail = best(Figure::P99).filter(|tail| *tail != twin);
    let seen = Seen { results, group, placement, fused, raw, twin, tail };
    if markdown { seen.print_row() } else { seen.print_all(names) }
}

/// The head of the table that the rows belong to.
pub(crate) const HEAD: &str = "\
| there and back | fused, ns: p50 / p99 / p99.9 | best by hand | p50 | p99 | p50 to raw | p99 to raw |
|---|---|---|---|---|---|---|";

impl Seen<'_> {
    fn of(&self, index: usize) -> Option<&Measured> {
        self.results.measured[index].get(&self.placement)
    }

    fn nanos(&self, measured: &Measured, share: f64) -> f64 {
        measured.pooled.percentile(share) * self.results.nanos_per_tick
    }

    fn verdicts(&self) -> impl Iterator<Item = Verdict> {
        let twin = AGAINST_TWIN
            .map(|(what, limit)| Verdict::of(self.fused, self.of(self.twin), what, limit, "twin"));
        let raw =
            AGAINST_RAW.map(|(what, limit)| Verdict::of(self.fused, Some(self.raw), what, limit, "raw"));
        twin.into_iter().chain(raw.into_iter().filter(|_| self.group.bytes <= RAW_UP_TO))
    }

    fn print_row(&self) {
        let figures = |measured: &Measured, shares: &[f64]| {
            let figures = shares.iter().map(|share| format!("{:.0}", self.nanos(measured, *share)));
            figures.collect::<Vec<_>>().join(" / ")
        };
        let fused = figures(self.fused, &[0.5, 0.99, 0.999]);
        let hand = self.of(self.twin).map_or_else(String::new, |hand| figures(hand, &[0.5, 0.99, 0.999]));
        let mut cells: Vec<String> = self.verdicts().map(|verdict| verdict.cell()).collect();
        cells.resize(4, "-".to_owned());
        let (name, placement) = (&self.group.name, self.placement);
        if self.fused.slices.len() < ENOUGH {
            eprintln!("SKIPPED: {name}, {placement}: too few slices to judge");
            return;
        }
        println!("| {name}, {placement} | {fused} | {hand} | {} |", cells.join(" | "));
    }

    fn print_all(&self, names: &[String]) {
        println!("{}, {}: p50 / p99 / p99.9 in ns", self.group.name, self.placement);
        let line = |name: &str, measured: &Measured| {
            let few = if measured.slices.len() < ENOUGH { ", too few to judge" } else { "" };
            let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| self.nanos(measured, share));
            let n = measured.slices.len();
            println!("  {name:20} {p50:7.1} / {p99:7.1} / {p999:7.1}   ({n} slices{few})");
        };
        line("raw line", self.raw);
        for &index in [self.group.fused, self.group.ring].iter().chain(&self.group.by_hand) {
            if let Some(measured) = self.of(index) {
                line(&names[index], measured);
            }
        }
        println!("  the twin is `{}`", names[self.twin]);
        for verdict in self.verdicts() {
            println!("  {verdict}");
        }
        if let Some((tail, measured)) = self.tail.and_then(|tail| Some((tail, self.of(tail)?)))
            && let Some([low, ratio, high]) = paired(self.fused, measured, Figure::P99)
        {
            let name = &names[tail];
            println!(
                "  p99 x `{name}`, whose tail is the best: {ratio:.3}, 95 % between {low:.3} and {high:.3}"
            );
        }
    }
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
