//! What a message costs in time: every shape beside its hand-written twin, by criterion.
//!
//! `cargo bench --bench shapes_time [-- --side-by-side [--seconds N] [--markdown]]`
//!
//! Both forms of a shape give the same answers before either is timed. Criterion times them one
//! after the other, so that on a machine whose speed changes the ratios are rough; with
//! `--side-by-side` they alternate in short slices instead. A hop between two cores is judged by
//! `benches/hop.rs`, which also keeps near and far cores apart; here it runs on two cpu contexts,
//! started as a user starts them.

#[cfg(target_arch = "x86_64")]
#[path = "shapes_time/padding.rs"]
mod padding;
#[path = "support/pin.rs"]
mod pin;
#[path = "support/samples.rs"]
#[allow(dead_code, reason = "shared with the latency benches, which keep histograms")]
mod samples;
mod shapes;
#[path = "shapes_time/side_by_side.rs"]
mod side_by_side;
#[path = "shapes_time/two_cores.rs"]
mod two_cores;

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use shapes::{chain, fork_join, once, pipeline};

/// Messages that a shape is checked with before it is timed.
const CHECKED: u64 = 10_000;

/// Packets of one run of the pipeline.
const PACKETS: u64 = 1 << 13;

/// How long so many messages took, and a number that stands for their results.
type Form<'f> = Box<dyn FnMut(u64) -> (Duration, u64) + 'f>;

/// A shape in both forms.
struct Shape<'f> {
    name: &'static str,
    fused: Form<'f>,
    hand: Form<'f>,
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

/// Both forms of a shape that runs in lanes on one thread.
macro_rules! lanes {
    ($shape:ident, $stop:expr) => {
        Shape {
            name: stringify!($shape),
            fused: Box::new(|n| {
                let (mut lanes, total) = $shape::fused(0..black_box(n));
                let (took, ()) = timed(|| lanes.run());
                assert_eq!(lanes.finish().started, n, "{}", stringify!($shape));
                // ORDERING: relaxed, the graph has ended.
                (took, total.load(Ordering::Relaxed))
            }),
            hand: Box::new(|n| timed(|| $shape::hand(0..black_box(n), $stop))),
        }
    };
}

/// Awaits `n` passes.
#[inline(always)]
fn all(pass: fn(u64) -> Option<u64>, n: u64) -> (Duration, u64) {
    timed(|| (0..n).fold(0, |sum, x| sum ^ pass(black_box(x)).unwrap_or(1)))
}

/// `n` packets, in runs of as many as the job has.
fn in_runs(n: u64, mut run: impl FnMut(usize) -> (Duration, u64)) -> (Duration, u64) {
    let runs = (0..n).step_by(PACKETS as usize).map(|first| run(PACKETS.min(n - first) as usize));
    runs.fold((Duration::ZERO, 0), |(all, answers), (took, answer)| (all + took, answers ^ answer))
}

/// The shapes that need one core.
fn on_one_core<'f>(job: &'f pipeline::Job, stop: &'f AtomicBool) -> Vec<Shape<'f>> {
    vec![
        lanes!(chain, stop),
        Shape {
            name: "once",
            fused: Box::new(|n| all(once::fused, n)),
            hand: Box::new(|n| all(once::hand, n)),
        },
        lanes!(fork_join, stop),
        Shape {
            name: "pipeline",
            fused: Box::new(move |n| {
                in_runs(n, |packets| {
                    let (mut lanes, wire) = pipeline::fused(job, packets);
                    let (took, ()) = timed(|| lanes.run());
                    lanes.finish();
                    (took, wire.take().expect("the graph has ended").answer().1)
                })
            }),
            hand: Box::new(move |n| {
                in_runs(n, |packets| {
                    let mut hand = pipeline::Hand::new(job);
                    let (took, ()) = timed(|| hand.run(packets, stop));
                    (took, hand.wire().answer().1)
                })
            }),
        },
    ]
}

fn check(shape: &mut Shape<'_>) {
    let ((_, fused), (_, hand)) = ((shape.fused)(CHECKED), (shape.hand)(CHECKED));
    assert_eq!(fused, hand, "{}: the fused graph and its twin give different answers", shape.name);
}

fn by_criterion(shapes: Vec<Shape<'_>>) {
    let criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500));
    let mut criterion = criterion.configure_from_args();
    for Shape { name, mut fused, mut hand } in shapes {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(1));
        group.bench_function("fused", |bencher| bencher.iter_custom(|n| fused(n).0));
        group.bench_function("hand", |bencher| bencher.iter_custom(|n| hand(n).0));
        group.finish();
    }
    criterion.final_summary();
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = |name: &str| arguments.iter().any(|argument| argument == name);
    let (job, stop) = (pipeline::Job::new(PACKETS as usize), AtomicBool::new(false));
    let stop = black_box(&stop);
    let mut shapes = on_one_core(&job, stop);
    if asked("--side-by-side") {
        let after = arguments.iter().skip_while(|argument| *argument != "--seconds").nth(1);
        let seconds = after.and_then(|number| number.parse().ok()).unwrap_or(side_by_side::SECONDS);
        shapes.iter_mut().for_each(check);
        side_by_side::report(&mut shapes, Duration::from_secs_f64(seconds), asked("--markdown"));
        #[cfg(target_arch = "x86_64")]
        padding::report(stop);
        return;
    }
    match pin::two_cores() {
        Ok(cores) => shapes.extend([
            two_cores::hop::<1>("hop of 8 bytes", cores, stop),
            two_cores::hop::<7>("hop of 56 bytes", cores, stop),
        ]),
        Err(why) => eprintln!("SKIPPED: hop: {why}"),
    }
    shapes.iter_mut().for_each(check);
    by_criterion(shapes);
}
