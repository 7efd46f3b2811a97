//! What does a hop between processes cost? The ring in shared memory against the one within a process.
//!
//! `cargo bench --bench shm [-- [--seconds N]]`
//!
//! As in `ring_floor`: two pinned threads, contenders alternating in slices of about a millisecond, each slice between two raw
//! ping-pongs. The ring in shared memory runs twice: between two threads, each with a mapping of its own, and between two
//! processes. There the other thread sleeps while a child on its core takes its part.

#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "shared with other benches, which use all of it")]
mod support;

#[path = "shm/between.rs"]
mod between;
#[path = "ring_floor/ends.rs"]
mod ends;

use std::time::Duration;

use support::duel;
use support::placement::Placement;
use support::table::{ENOUGH, Figure, conditions, nanos, paired, print_raw};

/// Time for all of them if nobody asks for another.
const SECONDS: f64 = 14.0;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if between::is_partner(&arguments) {
        return;
    }
    let asked = |name: &str| arguments.iter().any(|argument| argument == name);
    let seconds = if asked("--bench") {
        let after = arguments.iter().skip_while(|argument| *argument != "--seconds").nth(1);
        after.and_then(|number| number.parse().ok()).unwrap_or(SECONDS)
    } else {
        // `cargo test` runs benches without `--bench`: one cycle then, for the answers alone.
        0.0
    };
    let contenders = || {
        let mut all = between::contenders::<1>();
        all.extend(between::contenders::<7>());
        all.extend(between::contenders::<8>());
        all.extend(between::contenders::<32>());
        all
    };
    // A group is the ring within a process, and those that are compared with it.
    let names: Vec<_> = contenders().iter().map(|one| (one.group.clone(), one.name.clone())).collect();
    let results = match duel::run(contenders, Duration::from_secs_f64(seconds)) {
        Ok(results) => results,
        Err(why) => return eprintln!("SKIPPED: {why}"),
    };
    println!("round trip: {}", conditions(&results));
    print_raw(&results);
    for placement in [Placement::Near, Placement::Far] {
        let mut within = None;
        for (index, (group, name)) in names.iter().enumerate() {
            let Some(seen) = results.measured[index].get(&placement) else { continue };
            if name == between::WITHIN {
                within = Some(seen);
            }
            let ratio = |what| {
                within.and_then(|within| paired(seen, within, what)).map_or_else(
                    || "-".to_owned(),
                    |[low, middle, high]| format!("{middle:.3} [{low:.2}-{high:.2}]"),
                )
            };
            println!(
                "  {placement:4}  {group:9} {name:22} {} ns   x within {} / {}   n={}{}",
                nanos(&results, seen),
                ratio(Figure::Median),
                ratio(Figure::P99),
                seen.slices.len(),
                if seen.slices.len() < ENOUGH { " (few)" } else { "" },
            );
        }
    }
}
