//! Which kind of edge does a graph's shape want? `cargo bench --bench edge_shapes [-- --rounds N]`
//!
//! A fan of arms, by one `Broadcast` or by one `Spsc` for each arm; sources that meet, by one `Mpsc` or by one `Spsc` for each source, polled in
//! turn. Nanoseconds per value that goes in, on one thread (nothing is transferred: what the steps cost) and on two (the one end on one
//! core, all ends of the other side on the other: what the transfer costs). Both contenders do the same job in short slices that alternate, and
//! each gives the same answer in each slice. A figure is the lower quartile of the slices, because one in which a thread lost its core to
//! somebody else says nothing of edges; beside the ratio of these stands the median of the ratios within a pair of slices.

#[path = "edge_shapes/fan_in.rs"]
mod fan_in;
#[path = "edge_shapes/fan_out.rs"]
mod fan_out;

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, yield_now};
use std::time::Instant;

use core_affinity::{CoreId, get_core_ids, set_for_current};

/// Pairs of slices of a job unless the command line says another number.
const ROUNDS: usize = 401;
/// Values of a slice.
const VALUES: u64 = 1 << 13;
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
        let seconds = match self {
            Self::One => {
                let begun = Instant::now();
                loop {
                    from.turn();
                    if to.turn() == Turn::Done {
                        break;
                    }
                }
                begun.elapsed().as_secs_f64()
            }
            Self::Two([here, there]) => {
                let ready = AtomicBool::new(false);
                scope(|threads| {
                    pin(here);
                    let ended = threads.spawn(|| {
                        pin(there);
                        // ORDERING: release pairs with the acquire below: both begin when this thread is there.
                        ready.store(true, Ordering::Release);
                        to_the_end(to);
                        Instant::now()
                    });
                    // ORDERING: acquire pairs with the release above.
                    while !ready.load(Ordering::Acquire) {
                        yield_now();
                    }
                    let begun = Instant::now();
                    to_the_end(from);
                    ended.join().expect("the other side is done").duration_since(begun).as_secs_f64()
                })
            }
        };
        seconds * 1e9 / VALUES as f64
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
    let (shared, apart) = (at(&mut of_shared, 25), at(&mut of_apart, 25));
    println!("| {job} | {shared:.1} | {apart:.1} | {:.2} | {:.2} |", shared / apart, at(&mut ratios, 50));
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
        "| job | one shared ring, ns per value | an `Spsc` each | shared / each | within a pair |\n|---|---|---|---|---|"
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
