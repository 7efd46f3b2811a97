//! What the bridge to tokio costs, against programs written by hand for tokio.
//!
//! `cargo bench --features tokio --bench tokio_bridge [-- --rounds N]`
//!
//! Two jobs. *Datagrams*: a tokio UDP socket answers each request with a number computed elsewhere; a client keeps
//! sixteen requests under way, or one. *Values*: numbers that are there at once go to a core and back, which leaves
//! the hop alone. The contenders take turns in short slices, one program at a time, and each ratio is the median
//! over rounds of two neighbouring slices, so that a change of the machine's speed meets both.
//!
//! On a machine of two cores client, tokio's worker and the compute thread share them: then the figures say what
//! waking costs, not what spinning wins.

#[path = "tokio_bridge/client.rs"]
mod client;
#[path = "tokio_bridge/servers.rs"]
mod servers;
#[path = "tokio_bridge/values.rs"]
mod values;

use std::error::Error;
use std::time::Duration;

/// Rounds unless the command line says another number.
const ROUNDS: usize = 15;
/// Requests of one slice.
const REQUESTS: u64 = 4_000;
/// Values of one slice.
const VALUES: u64 = 200_000;

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Nanoseconds for each of so many.
fn each(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1e9 / count as f64
}

/// One line for each contender, and how it compares with `reference`.
fn report(title: &str, unit: &str, reference: usize, names: &[&str], rounds: &[Vec<f64>]) {
    println!("\n{title}");
    for (at, name) in names.iter().enumerate() {
        let figures = rounds.iter().map(|round| round[at]).collect();
        let ratios = rounds.iter().map(|round| round[at] / round[reference]).collect();
        println!("  {name:<44} {:>9.0} {unit}   {:>5.2}x", median(figures), median(ratios));
    }
}

fn datagrams(rounds: usize) -> Result<(), Box<dyn Error>> {
    let servers = servers::all()?;
    let names: Vec<_> = servers.iter().map(|server| server.name).collect();
    for server in &servers {
        // Answers are checked, here and in every slice.
        client::ask(server.address, 16, 200)?;
    }
    for (window, count) in [(16, REQUESTS), (1, REQUESTS / 2)] {
        let (mut times, mut tails) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let slices = servers.iter().map(|server| client::ask(server.address, window, count));
            let slices = slices.collect::<Result<Vec<_>, _>>()?;
            times.push(slices.iter().map(|slice| each(slice.took, count)).collect());
            tails.push(slices.iter().map(|slice| slice.p99.as_secs_f64() * 1e9).collect());
        }
        report(&format!("datagrams, {window} under way: time per reply"), "ns", 1, &names, &times);
        report(&format!("datagrams, {window} under way: p99 of the round trip"), "ns", 1, &names, &tails);
    }
    Ok(())
}

fn values(rounds: usize) -> Result<(), Box<dyn Error>> {
    let jobs = values::all()?;
    let names: Vec<_> = jobs.iter().map(|job| job.name).collect();
    let mut times = Vec::new();
    for round in 0..=rounds {
        let mut slice = Vec::new();
        for job in &jobs {
            let (took, sum) = (job.run)(VALUES)?;
            assert_eq!(sum, VALUES * (VALUES - 1) / 2 + VALUES, "{} lost or changed values", job.name);
            slice.push(each(took, VALUES));
        }
        // The first round warms up.
        if round > 0 {
            times.push(slice);
        }
    }
    report("values to a core and back: time per value", "ns", 0, &names, &times);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--rounds").skip(1);
    let rounds = arguments.next().map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism()?;
    println!("{cores} cores, load {}, {rounds} rounds", load.split(' ').next().unwrap_or("unknown"));
    datagrams(rounds)?;
    values(rounds)
}
