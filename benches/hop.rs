//! What does a hop of a fused graph cost? Two lanes that `fuse!` made, against the best that is
//! written by hand for the same payload, and against the floor: one cache line there and back.
//!
//! `cargo bench --bench hop [-- [--seconds N] [--markdown]]`
//!
//! Measured as `ring_floor` measures: two pinned threads, contenders alternating in slices of about
//! a millisecond, each slice between two raw ping-pongs; near and far are kept apart. Every value
//! that comes back is compared with what it must be, before it counts.

mod support;

#[path = "ring_floor/ahead.rs"]
mod ahead;
#[path = "shapes/bare.rs"]
#[allow(dead_code, unreachable_pub, reason = "the harnesses share it; this one drives lanes itself")]
mod bare;
#[path = "ring_floor/one_way.rs"]
#[allow(dead_code, reason = "shared with `ring_floor`, which compares more")]
mod bursts;
#[path = "ring_floor/ends.rs"]
mod ends;
#[path = "hop/one_way.rs"]
mod one_way;
#[path = "shapes/ping_pong.rs"]
#[allow(dead_code, unreachable_pub, reason = "the harnesses share it")]
mod ping_pong;
#[path = "hop/report.rs"]
mod report;
#[path = "ring_floor/round_trip.rs"]
#[allow(dead_code, reason = "shared with `ring_floor`, which compares more")]
mod rings;
#[path = "hop/round_trip.rs"]
mod round_trip;
#[path = "ring_floor/twins.rs"]
#[allow(dead_code, reason = "shared with `ring_floor`, which compares more")]
mod twins;

use std::time::Duration;

use fusewire::ring::{Auto, Bursts};

use report::Group;
use support::duel::{self, Contender, Results};
use support::placement::Placement;
use support::table::{ENOUGH, Figure, conditions, paired, print_raw};

/// Time for the round trips and for the bursts if nobody asks for another.
const SECONDS: f64 = 12.0;

/// Slots of the edges and of the twins' rings: as many as an edge has if nobody asks.
const USUAL: usize = fusewire::edge::DEFAULT_CAPACITY;

/// Slots that all stay in the cores' first cache.
const SMALL: usize = 64;

/// What a burst must bring, in parts of the plain index ring.
const BURSTS_AT_LEAST: f64 = 2.0;

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
    let (budget, markdown) = (Duration::from_secs_f64(seconds), asked("--markdown"));

    match duel::run(|| all_trips().0, budget) {
        Err(why) => eprintln!("SKIPPED: hop: {why}"),
        Ok(results) => print_trips(&results, markdown),
    }
    match duel::run(all_bursts, budget / 3) {
        Err(why) => eprintln!("SKIPPED: bursts: {why}"),
        Ok(results) => print_bursts(&results, markdown),
    }
}

/// Every contender of the round trips, and how they belong together.
fn all_trips() -> (Vec<Contender>, Vec<Group>) {
    let mut all = (Vec::new(), Vec::new());
    add_trips::<1, USUAL>(&mut all);
    add_trips::<7, USUAL>(&mut all);
    add_trips::<7, SMALL>(&mut all);
    add_trips::<8, USUAL>(&mut all);
    add_trips::<32, USUAL>(&mut all);
    all
}

fn add_trips<const WORDS: usize, const N: usize>(all: &mut (Vec<Contender>, Vec<Group>)) {
    let (contenders, groups) = all;
    let (fused, ring) = (contenders.len(), contenders.len() + 1);
    contenders.push(round_trip::fused::<WORDS, N>());
    contenders.push(rings::ours::<Auto, WORDS, N>("the edge's ring"));
    contenders.extend(rings::by_hand::<WORDS, N>());
    let by_hand = (ring + 1..contenders.len()).collect();
    let name = format!("{}, {N} slots", contenders[fused].group);
    groups.push(Group { name, bytes: 8 * WORDS, fused, by_hand, ring });
}

fn print_trips(results: &Results, markdown: bool) {
    let (contenders, groups) = all_trips();
    let names: Vec<String> = contenders.into_iter().map(|contender| contender.name).collect();
    if markdown {
        println!("{}", report::HEAD);
    } else {
        println!("hop, there and back: {}", conditions(results));
    }
    for group in &groups {
        for placement in [Placement::Near, Placement::Far] {
            report::print(results, &names, group, placement, markdown);
        }
    }
}

/// Bursts of words: the plain ring first, which the others are compared with. `Bursts` is the layout
/// for an edge that they come over; what `Auto` makes of them, which does not know, is for comparison.
fn all_bursts() -> Vec<Contender> {
    let mut all = bursts::by_hand::<1>();
    for burst in [16, 64] {
        all.push(one_way::fused::<Bursts>(&format!("fused, {burst} a burst"), burst));
        all.push(one_way::fused::<Auto>(&format!("layout `Auto`, {burst} a burst"), burst));
    }
    all
}

fn print_bursts(results: &Results, markdown: bool) {
    if markdown {
        println!("\n| 8 bytes, one way, in bursts | M/s | x plain index ring |");
        println!("|---|---|---|");
    } else {
        println!("bursts of words, one way: {}", conditions(results));
        print_raw(results);
    }
    let names: Vec<String> = all_bursts().into_iter().map(|contender| contender.name).collect();
    for placement in [Placement::Near, Placement::Far] {
        let Some(plain) = results.measured[0].get(&placement) else { continue };
        for (name, seen) in names.iter().zip(&results.measured) {
            let Some(seen) = seen.get(&placement) else { continue };
            // A sample is a slice, of a fixed number of values.
            let Some([low, ratio, high]) = paired(plain, seen, Figure::Median) else { continue };
            let nanos = seen.pooled.percentile(0.5) * results.nanos_per_tick;
            let millions = bursts::VALUES as f64 / nanos * 1e3;
            if markdown && seen.slices.len() < ENOUGH {
                eprintln!("SKIPPED: {name}, {placement}: too few slices to judge");
                continue;
            }
            if markdown {
                println!("| {name}, {placement} | {millions:.0} | {ratio:.2} |");
                continue;
            }
            let verdict = match BURSTS_AT_LEAST {
                _ if !name.starts_with("fused") => "",
                limit if low >= limit => "; at least 2: holds",
                limit if high < limit => "; at least 2: MISSED",
                limit if ratio >= limit => "; at least 2: holds, within the noise",
                _ => "; at least 2: missed, within the noise",
            };
            let few = if seen.slices.len() < ENOUGH { ", too few to judge" } else { "" };
            println!(
                "  {placement:4}  {name:28} {millions:6.1} M/s   x plain {ratio:.2}, 95 % between {low:.2} and {high:.2}{verdict} ({} slices{few})",
                seen.slices.len()
            );
        }
    }
}
