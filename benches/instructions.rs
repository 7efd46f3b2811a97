//! What callgrind counts: each shape, fused and by hand, with two numbers of messages.
//!
//! The difference of the two counts, divided by the difference of the numbers, is the cost of one
//! message; what a run costs once cancels out. Callgrind dumps its counts on each entry to and each
//! return from [`counted`]; `tests/instructions.rs` runs this program under it, reads the dumps in
//! order, and takes their names from the lines that are printed here.

mod shapes;

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use shapes::hop::ring::{indexed, slotted};
use shapes::{algebra, broadcast, chain, device, fan, fork_join, hop, once, pipeline, repeat, shard, spawn};

/// Messages of the smaller run; the larger one has twice as many.
const MESSAGES: u64 = 1 << 14;

/// Packets of the smaller run of the pipeline.
const PACKETS: u64 = 1 << 12;

/// Counts the instructions of `work`. There is one such function, so that none is merged with it.
#[inline(never)]
#[unsafe(no_mangle)]
#[allow(improper_ctypes_definitions, reason = "called from this program alone")]
extern "C" fn counted(work: &mut dyn FnMut()) {
    work();
    // Not a tail call, from which callgrind would not see the return.
    black_box(());
}

/// Counts `work` and says what it was.
fn count<T>(shape: &str, form: &str, messages: u64, mut work: impl FnMut() -> T) -> T {
    println!("{shape} {form} {messages}");
    let mut result = None;
    counted(&mut || result = Some(work()));
    result.expect("the work was done")
}

fn agree(shape: &str, fused: u64, hand: u64) {
    assert_eq!(fused, hand, "{shape}: the fused graph and its twin give different answers");
}

fn read(total: &AtomicU64) -> u64 {
    // ORDERING: relaxed, the graph has ended.
    total.load(Ordering::Relaxed)
}

/// Counts a shape that runs in lanes.
macro_rules! lanes {
    ($shape:literal, $n:expr, $fused:expr, $hand:expr) => {{
        let n = black_box($n);
        let (mut lanes, total) = $fused(0..n);
        count($shape, "fused", n, || lanes.run());
        assert_eq!(lanes.finish().started, n, "{}", $shape);
        let stop = AtomicBool::new(false);
        let stop = black_box(&stop);
        let expected = count($shape, "hand", n, || $hand(0..n, stop));
        agree($shape, read(&total), expected);
    }};
}

/// Counts the pipeline over `packets` packets.
fn count_pipeline(job: &pipeline::Job, packets: u64) {
    let packets_in_memory = usize::try_from(packets).expect("a small number");
    let stop = AtomicBool::new(false);
    let (mut lanes, wire) = pipeline::fused(job, packets_in_memory);
    count("pipeline", "fused", packets, || lanes.run());
    lanes.finish();
    let mut hand = pipeline::Hand::new(job);
    count("pipeline", "hand", packets, || hand.run(packets_in_memory, black_box(&stop)));
    let wire = wire.take().expect("the graph has ended and given back its wire");
    let (answer, expected) = (wire.answer(), hand.wire().answer());
    assert!(expected.0 > packets / 100, "{} orders: too few to say anything", expected.0);
    assert_eq!(answer, expected, "pipeline: the fused graph and its twin give different orders");
}

/// Counts a hop of `WORDS` words; `ring` is the twin's.
macro_rules! hop {
    ($shape:literal, $n:expr, $words:literal, $ring:ty) => {
        lanes!($shape, $n, hop::fused::<$words>, |words, stop| {
            let mut ring = <$ring>::new();
            hop::hand::<$words>(words, ring.ends(), stop)
        })
    };
}

/// Counts a pass that is taken by a call.
macro_rules! passes {
    ($shape:literal, $n:expr, $fused:path, $hand:path) => {{
        let all = |pass: fn(u64) -> u64| (0..$n).fold(0, |sum: u64, x| sum.rotate_left(1) ^ pass(x));
        let fused = count($shape, "fused", $n, || all($fused));
        let hand = count($shape, "hand", $n, || all($hand));
        agree($shape, fused, hand);
    }};
}

/// The pure chain, to be disassembled by `tests/codegen.rs`.
#[unsafe(no_mangle)]
extern "C" fn chain_pass_fused(x: u64) -> u64 {
    chain::pass_fused(x)
}

/// Its twin, to be compared with it.
#[unsafe(no_mangle)]
extern "C" fn chain_pass_hand(x: u64) -> u64 {
    chain::pass_hand(x)
}

fn main() {
    let (fused, hand): (extern "C" fn(u64) -> u64, extern "C" fn(u64) -> u64) =
        (black_box(chain_pass_fused), black_box(chain_pass_hand));
    agree("the pass of chain", fused(black_box(7)), hand(black_box(7)));
    let job = pipeline::Job::new(usize::try_from(2 * PACKETS).expect("a small number"));
    for n in [MESSAGES, 2 * MESSAGES] {
        lanes!("chain", n, chain::fused, chain::hand);
        lanes!("fork_join", n, fork_join::fused, fork_join::hand);
        lanes!("fan", n, fan::fused, fan::hand);
        lanes!("broadcast", n, broadcast::fused, broadcast::hand);
        lanes!("shard", n, shard::fused, shard::hand);
        lanes!("device_16", n, device::fused::<16>, device::hand::<16>);
        hop!("hop_8", n, 1, slotted::Ring<_, { hop::CAPACITY }, slotted::Quarter>);
        hop!("hop_56", n, 7, slotted::Ring<_, { hop::CAPACITY }>);
        hop!("hop_64", n, 8, indexed::Ring<_, { hop::CAPACITY }>);
        hop!("hop_256", n, 32, indexed::Ring<_, { hop::CAPACITY }>);
        count_pipeline(&job, n / MESSAGES * PACKETS);
        let all = |pass: fn(u64) -> Option<u64>| (0..n).fold(0, |sum, x| sum ^ pass(x).unwrap_or(1));
        let fused = count("once", "fused", n, || all(once::fused));
        let hand = count("once", "hand", n, || all(once::hand));
        agree("once", fused, hand);
        passes!("when_all", n, algebra::when_all_fused, algebra::when_all_hand);
        passes!("and", n, algebra::and_plain, algebra::and_hand);
        passes!("and_fused", n, algebra::and_fused, algebra::and_hand);
        passes!("block_on", n, algebra::block_on_plain, algebra::block_on_hand);
        let fused = count("repeat", "fused", n, || repeat::fused(black_box(7), n));
        let hand = count("repeat", "hand", n, || repeat::hand(black_box(7), n));
        agree("repeat", fused, hand);
        let place = spawn::Place::new();
        let fused = count("spawn", "fused", n, || place.spawned(0..n));
        let hand = count("spawn", "hand", n, || place.hopped(0..n));
        agree("spawn", fused, hand);
    }
}
