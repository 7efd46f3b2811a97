//! Edges with several ends, beside the queues that the field uses, in the same run.
//!
//! `cargo run --release --manifest-path benches/edge_rivals/Cargo.toml -- [--seconds N] [--only TEXT] [--batches]`
//!
//! Prints a markdown table. Each job is done by every contender in slices of a few milliseconds, in an
//! order that turns; a raw ping-pong between two cores before and after each cycle says how far apart
//! they were, and a cycle in which that changed does not count. A figure is the median over the cycles;
//! a ratio is the median of the ratios within one cycle, with the bounds in which it lies with a
//! confidence of 95 %. Thread `i` is pinned to core `i` modulo the cores: where there are more threads
//! than cores, a thread that finds nothing to do 64 times gives its core away, whatever the contender.
//! Every contender gives its answer once (sums, and the order of each producer's values) before it is
//! timed, and in each slice.

mod fan;
mod jobs;
mod queues;
mod slices;

use std::time::Duration;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let seconds = after("--seconds").map_or(4.0, |text| text.parse().expect("a number of seconds"));
    let only = after("--only").cloned().unwrap_or_default();
    let batches = arguments.iter().any(|argument| argument == "--batches");

    let cores = core_affinity::get_core_ids().unwrap_or_default();
    println!(
        "{} cores; {seconds} s for each job; ratio: theirs to ours, above 1 ours is better\n",
        cores.len()
    );
    println!("| job | cores | contender | ns per value or trip | ratio [95 %] | cycles |");
    println!("|---|---|---|---|---|---|");
    for job in jobs::all(batches).into_iter().chain(fan::all()) {
        if job.name.contains(&only) {
            slices::run(&job, Duration::from_secs_f64(seconds));
        }
    }
}
