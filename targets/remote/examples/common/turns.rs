//! The same ping-pong and the same stream over whatever carries a word, in blocks that are short enough to be taken in turn.
#![allow(dead_code, unreachable_pub, reason = "each example uses a part")]

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::edge::{Pop, Push, Pushed};
use hdrhistogram::Histogram;

/// One direction, however it is made.
pub trait Out: Send {
    fn send(&mut self, value: u64) -> bool;

    /// Moves on what was sent and waits on this side. Whether nothing is left.
    fn flush(&mut self) -> bool {
        true
    }
}

pub trait In: Send {
    fn receive(&mut self, each: &mut dyn FnMut(u64));
}

/// An end of an edge, as a lane uses it.
pub struct Lane<E>(pub E);

impl<P: Push<Item = u64> + Send> Out for Lane<P> {
    #[inline(always)]
    fn send(&mut self, value: u64) -> bool {
        // As a lane does: room is asked for first.
        let pushed = self.0.has_room() && matches!(self.0.push(value), Pushed::Ok);
        self.0.publish();
        pushed
    }

    #[inline(always)]
    fn flush(&mut self) -> bool {
        self.0.flush()
    }
}

impl<P: Pop<Item = u64> + Send> In for Lane<P> {
    #[inline(always)]
    fn receive(&mut self, each: &mut dyn FnMut(u64)) {
        while let Some(value) = self.0.pop() {
            each(value);
        }
        self.0.hand_back();
    }
}

/// The cores of the process, asked for before any thread is pinned: a pinned one knows only its own.
static CORES: OnceLock<Vec<core_affinity::CoreId>> = OnceLock::new();

/// Asks for the cores, before any thread is pinned.
pub fn ask_for_cores() {
    CORES.get_or_init(|| core_affinity::get_core_ids().unwrap_or_default());
}

fn pin(at: usize) {
    if let Some(cores) = CORES.get()
        && cores.len() > 1
    {
        core_affinity::set_for_current(cores[at % cores.len()]);
    }
}

/// Whether the driver must be let in: over UDP, where it moves every message and there is no core left for it.
pub static YIELDS: AtomicBool = AtomicBool::new(false);

fn idle() {
    // ORDERING: relaxed, it is set while no other thread runs.
    if YIELDS.load(Ordering::Relaxed) {
        thread::yield_now();
    } else {
        std::hint::spin_loop();
    }
}

fn next(input: &mut impl In) -> u64 {
    let mut got = None;
    while got.is_none() {
        input.receive(&mut |value| got = Some(value));
        idle();
    }
    got.unwrap_or_default()
}

fn put(output: &mut impl Out, value: u64) {
    while !output.send(value) {
        idle();
    }
}

const STOP: u64 = u64::MAX;

/// The last word of a block: nothing is sent behind it that would move it on.
fn stop(output: &mut impl Out) {
    put(output, STOP);
    while !output.flush() {
        idle();
    }
}

/// How long a block is: short enough that what else the machine does meets all kinds alike.
pub const BLOCK: Duration = Duration::from_millis(150);

/// A block of round trips; the other side echoes on a thread of its own.
pub fn ping_pong<O: Out, I: In>(
    there: &mut O,
    echo_in: &mut I,
    echo_out: &mut O,
    back: &mut I,
    times: &mut Histogram<u64>,
) {
    thread::scope(|scope| {
        scope.spawn(|| {
            pin(1);
            loop {
                let value = next(echo_in);
                if value == STOP {
                    stop(echo_out);
                    break;
                }
                put(echo_out, value);
            }
        });
        pin(0);
        let block = Instant::now();
        for trip in 0.. {
            let began = Instant::now();
            put(there, trip);
            assert_eq!(next(back), trip);
            if trip >= 10 {
                times.saturating_record(began.elapsed().as_nanos() as u64);
            }
            if block.elapsed() > BLOCK {
                break;
            }
        }
        stop(there);
        assert_eq!(next(back), STOP);
    });
}

/// A block of values one way, each of which must come in its turn; nanoseconds per value.
pub fn stream<O: Out, I: In>(output: &mut O, input: &mut I) -> f64 {
    let count = AtomicU64::new(0);
    let began = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            pin(1);
            let (mut expected, mut ended) = (0, false);
            while !ended {
                if YIELDS.load(Ordering::Relaxed) {
                    thread::yield_now();
                }
                input.receive(&mut |value| {
                    ended = value == STOP;
                    assert!(ended || value == expected, "{value} came instead of {expected}");
                    expected += 1;
                });
            }
            count.store(expected, Ordering::SeqCst);
        });
        pin(0);
        for value in 0.. {
            put(output, value);
            if value % 256 == 0 && began.elapsed() > BLOCK {
                break;
            }
        }
        stop(output);
    });
    began.elapsed().as_nanos() as f64 / count.load(Ordering::SeqCst) as f64
}

pub fn show(name: &str, times: &Histogram<u64>) {
    let at = |quantile| times.value_at_quantile(quantile) as f64 / 1000.0;
    println!(
        "  {name:<16} round trip  p50 {:>8.2}  p99 {:>8.2}  p99.9 {:>8.2} us  ({} trips)",
        at(0.5),
        at(0.99),
        at(0.999),
        times.len()
    );
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
