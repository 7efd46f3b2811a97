//! Which kind of edge does a graph's shape want? `cargo bench --bench edge_shapes [-- --rounds N]`
//!
//! A fan of arms, by one `Broadcast` or by one `Spsc` for each arm; sources that meet, by one `Mpsc` or by one `Spsc` for each source, polled in
//! turn. Nanoseconds per value that goes in, on one thread (nothing is transferred: what the steps cost) and on two (the one end on one
//! core, all ends of the other side on the other: what the transfer costs). Both contenders do the same job in slices that alternate, each
//! gives the same answer in each slice, and what counts is the median over the slices and that of the ratios within one pair.

#[path = "edge_shapes/fan_in.rs"]
mod fan_in;
#[path = "edge_shapes/fan_out.rs"]
mod fan_out;

use std::hint::spin_loop;
use std::thread::{scope, yield_now};
use std::time::Instant;

use core_affinity::{CoreId, get_core_ids, set_for_current};

/// Pairs of slices of a job unless the command line says another number.
const ROUNDS: usize = 61;
/// Values of a slice.
const VALUES: u64 = 1 << 16;
/// Values of a turn at the most, as of a lane's.
const TURN: usize = 64;
/// Values that an edge has room for.
const CAPACITY: usize = 1024;

/// What travels: a word, or a line with its sequence number. The first word says which value it is.
type Message<const WORDS: usize> = [u64; WORDS];

/// A message with this number.
#[inline(always)]
const fn message<const WORDS: usize>(number: u64) -> Message<WORDS> {
    let mut message = [number ^ 0x5555; WORDS];
    message[0] = number;
    message
}

/// What came out: of a fan every arm's values in their order, of a meeting every source's.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Answer {
    values: u64,
    folded: u64,
}

impl Answer {
    #[inline(always)]
    fn take<const WORDS: usize>(&mut self, message: &Message<WORDS>) {
        self.values += 1;
        self.folded =
            (self.folded ^ message[0] ^ message[WORDS - 1] << 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// One side of a job: does what can be done now, and says whether there was anything and whether it is done.
trait Side: Send {
    fn turn(&mut self) -> Turn;
}

#[derive(PartialEq, Eq)]
enum Turn {
    Busy,
    Idle,
    Done,
}

/// Where the two sides of a job are.
#[derive(Clone, Copy)]
enum Threads {
    One,
    Two([CoreId; 2]),
}

impl Threads {
    const fn number(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two(_) => 2,
        }
    }

    /// Runs both sides to their end; nanoseconds per value.
    fn run(self, from: &mut impl Side, to: &mut impl Side) -> f64 {
        let begun = Instant::now();
        match self {
            Self::One => loop {
                from.turn();
                if to.turn() == Turn::Done {
                    break;
                }
            },
            Self::Two([here, there]) => scope(|threads| {
                pin(here);
                threads.spawn(|| {
                    pin(there);
                    to_the_end(to);
                });
                to_the_end(from);
            }),
        }
        begun.elapsed().as_secs_f64() * 1e9 / VALUES as f64
    }
}

fn pin(core: CoreId) {
    assert!(set_for_current(core), "core {} refuses to be pinned to", core.id);
}

/// Turns until a side is done. One that finds nothing to do for long gives its core away: others may need it.
fn to_the_end(side: &mut impl Side) {
    let mut idle = 0;
    loop {
        match side.turn() {
            Turn::Done => return,
            Turn::Busy => idle = 0,
            Turn::Idle if idle < 256 => {
                idle += 1;
                spin_loop();
            }
            Turn::Idle => yield_now(),
        }
    }
}

/// Runs the two contenders of a job in alternating order and prints what came of it. Each gives its nanoseconds and its answers.
fn compare(
    job: &str,
    rounds: usize,
    mut shared: impl FnMut() -> (f64, Vec<Answer>),
    mut apart: impl FnMut() -> (f64, Vec<Answer>),
) {
    let (mut of_shared, mut of_apart, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let (one, other) = if round % 2 == 0 {
            let one = shared();
            (one, apart())
        } else {
            let other = apart();
            (shared(), other)
        };
        assert_eq!(one.1, other.1, "{job}: both give the same values in the same order");
        of_shared.push(one.0);
        of_apart.push(other.0);
        ratios.push(one.0 / other.0);
    }
    let [low, middle, high] = [25, 50, 75].map(|share| at(&mut ratios, share));
    println!(
        "| {job} | {:.1} | {:.1} | {middle:.2} ({low:.2} to {high:.2}) |",
        at(&mut of_shared, 50),
        at(&mut of_apart, 50)
    );
}

/// The figure below which so many in a hundred are.
fn at(figures: &mut [f64], share: usize) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[(figures.len() - 1) * share / 100]
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = arguments.iter().skip_while(|argument| *argument != "--rounds").nth(1);
    // `cargo test` runs benches without `--bench`: once then, for the answers alone.
    let few = if arguments.iter().any(|argument| argument == "--bench") { ROUNDS } else { 1 };
    let rounds = asked.and_then(|number| number.parse().ok()).unwrap_or(few).max(1);
    println!(
        "| job | one shared ring, ns per value | an `Spsc` each | shared / each, median (quartiles) |\n|---|---|---|---|"
    );
    let two = match get_core_ids().unwrap_or_default()[..] {
        [here, there, ..] => Some(Threads::Two([here, there])),
        _ => {
            eprintln!("SKIPPED: the jobs on two threads: they want two cores");
            None
        }
    };
    for threads in [Some(Threads::One), two].into_iter().flatten() {
        fan_out::compare_all(rounds, threads);
        fan_in::compare_all(rounds, threads);
    }
}
