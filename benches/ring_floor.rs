//! What does a hop cost? The rings of fusewire against rings written by hand, and against the
//! floor: one cache line there and back.
//!
//! `cargo bench --bench ring_floor [-- [--seconds N] [--alternatives] [--throughput]]`
//!
//! Two pinned threads, contenders alternating in slices of about a millisecond, each slice between
//! two raw ping-pongs that say how far apart the cores were. Slices in which a thread was switched
//! out or the placement changed do not count. Ratios are medians over the cycles of the ratio
//! within one cycle, between the bounds within which they lie with a confidence of 95 %.

mod support;

#[path = "ring_floor/ahead.rs"]
mod ahead;
#[path = "ring_floor/ends.rs"]
mod ends;
#[path = "ring_floor/one_way.rs"]
mod one_way;
#[path = "ring_floor/round_trip.rs"]
mod round_trip;
#[path = "ring_floor/twins.rs"]
mod twins;

use std::time::Duration;

use support::duel::{self, Contender, Measured, Results};
use support::placement::Placement;
use support::table::{ENOUGH, Figure, best, conditions, nanos, paired, print_raw};

/// Slots of the rings that carry the round trips.
const CAPACITY: usize = 1024;

/// Time for the round trips and for the throughput if nobody asks for another.
const SECONDS: f64 = 12.0;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = |name: &str| arguments.iter().any(|argument| argument == name);
    // `cargo test` runs benches without `--bench`: one cycle then, for the answers alone.
    let seconds = if !asked("--bench") {
        0.0
    } else {
        let after = arguments.iter().skip_while(|argument| *argument != "--seconds").nth(1);
        after.and_then(|number| number.parse().ok()).unwrap_or(SECONDS)
    };
    let alternatives = asked("--alternatives");

    let trips = || {
        let mut all = round_trip::contenders::<1, CAPACITY>(alternatives);
        all.extend(round_trip::contenders::<7, CAPACITY>(alternatives));
        all.extend(round_trip::contenders::<8, CAPACITY>(alternatives));
        all.extend(round_trip::contenders::<32, CAPACITY>(alternatives));
        if alternatives {
            all.extend(round_trip::contenders::<16, CAPACITY>(true));
            all.extend(round_trip::contenders::<64, CAPACITY>(true));
        }
        all
    };
    if !asked("--throughput") {
        report("round trip", trips, seconds, print_round_trips);
    }

    let bursts = || {
        let mut all = one_way::contenders::<1>();
        all.extend(one_way::contenders::<8>());
        if alternatives {
            all.extend(one_way::contenders::<7>());
            all.extend(one_way::contenders::<32>());
        }
        all
    };
    report("throughput", bursts, seconds, print_one_way);
}

/// The names of a group's contenders and their places among all of them.
type Group = (String, Vec<(usize, String)>);

fn report(
    title: &str,
    contenders: impl Fn() -> Vec<Contender>,
    seconds: f64,
    print: fn(&Results, &Group, Placement),
) {
    let mut groups: Vec<Group> = Vec::new();
    for (index, contender) in contenders().iter().enumerate() {
        let entry = (index, contender.name.clone());
        match groups.iter_mut().find(|(name, _)| *name == contender.group) {
            Some((_, members)) => members.push(entry),
            None => groups.push((contender.group.clone(), vec![entry])),
        }
    }
    match duel::run(contenders, Duration::from_secs_f64(seconds)) {
        Err(why) => eprintln!("SKIPPED: {title}: {why}"),
        Ok(results) => {
            println!("{title}: {}", conditions(&results));
            print_raw(&results);
            for group in &groups {
                for placement in [Placement::Near, Placement::Far] {
                    print(&results, group, placement);
                }
            }
        }
    }
}

fn print_round_trips(results: &Results, (group, members): &Group, placement: Placement) {
    let by_hand = members.iter().filter(|(_, name)| name.starts_with("hand")).map(|(index, _)| *index);
    let best = |what| best(&results.measured, by_hand.clone(), placement, what);
    let (Some(middle), Some(tail), Some(raw)) =
        (best(Figure::Median), best(Figure::P99), results.raw.get(&placement))
    else {
        return;
    };
    for (index, name) in members {
        let Some(seen) = results.measured[*index].get(&placement) else { continue };
        let twin = |best: usize| &results.measured[best][&placement];
        println!(
            "  {placement:4}  {group:9} {name:22} {} ns   x best twin {} / {}   x raw {} / {}   n={}{}",
            nanos(results, seen),
            ratio(seen, twin(middle), Figure::Median),
            ratio(seen, twin(tail), Figure::P99),
            ratio(seen, raw, Figure::Median),
            ratio(seen, raw, Figure::P99),
            seen.slices.len(),
            few(seen),
        );
    }
}

fn print_one_way(results: &Results, (group, members): &Group, placement: Placement) {
    let Some(plain) = members.first().and_then(|(index, _)| results.measured[*index].get(&placement)) else {
        return;
    };
    for (index, name) in members {
        let Some(seen) = results.measured[*index].get(&placement) else { continue };
        // A sample is a slice, of a fixed number of values.
        let ratios = paired(plain, seen, Figure::Median)
            .map_or_else(String::new, |[low, middle, high]| format!("{middle:.2} [{low:.2}-{high:.2}]"));
        let millions = one_way::VALUES as f64 / (seen.pooled.percentile(0.5) * results.nanos_per_tick) * 1e3;
        println!(
            "  {placement:4}  {group:16} {name:26} {millions:7.1} M/s   x hand index {ratios}   n={}{}",
            seen.slices.len(),
            few(seen)
        );
    }
}

fn ratio(ours: &Measured, theirs: &Measured, what: Figure) -> String {
    paired(ours, theirs, what)
        .map_or_else(|| "-".to_owned(), |[low, middle, high]| format!("{middle:.3} [{low:.2}-{high:.2}]"))
}

fn few(seen: &Measured) -> &'static str {
    if seen.slices.len() < ENOUGH { " (too few to judge)" } else { "" }
}
