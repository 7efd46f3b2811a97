//! A lane on a GPU beside a loop written by hand for the same driver, and beside one cpu core.
//!
//! `cargo bench --bench lane`, with batch sizes as arguments if others are wanted; with `cuda` among them an
//! NVIDIA device in both manners, without a loop by hand. Both forms get their rows over an edge from a
//! thread that does nothing else, run the same C on the same device with the same batches, and count the
//! results. Time is taken from the first submission to the last batch that has finished. They take turns,
//! and the best of many short runs of each counts: on a machine that does other things too, that is the run
//! that met the least of them.
//!
//! Where PoCL is the device, give it a core of its own: `POCL_AFFINITY=1 POCL_MAX_PTHREAD_COUNT=1 taskset -c 1
//! cargo bench --bench lane` has PoCL's one thread on core 0 and everything else on core 1. Else the system
//! wakes that thread on the core of whoever submits, and what is measured is who is interrupted.

mod by_hand;
mod timed;

use std::hint::black_box;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::device::DeviceError;
use fusewire::engine::Engine;
use fusewire::kernel::{self, Program};
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire_gpu::{Backend, Gpu, GpuBuilder, Latency};

use by_hand::ByHand;
use timed::Timed;

/// What the scorer of a model takes: 26 numbers.
#[derive(Debug, Clone, Copy, kernel::Data)]
#[repr(C)]
struct Row {
    x: [i32; 26],
}

/// As a model of sixteen trees of depth five.
#[stage(kernel)]
fn score(row: Row, weights: &[i32]) -> i32 {
    let mut sum = 0i32;
    for tree in 0..16 {
        let mut at = tree as u32;
        for level in 0..5 {
            let x = row.x[((at as usize) + level) % 26];
            let right = if x < weights[(at % 64) as usize] { 1u32 } else { 2u32 };
            at = (at.wrapping_mul(2).wrapping_add(right)) % 64;
        }
        sum = sum.wrapping_add(weights[(at % 64) as usize]);
    }
    sum
}

fn weights() -> Vec<i32> {
    (0..64i32).map(|i| i.wrapping_mul(-1_640_531_527) >> 8).collect()
}

fn row(number: u64) -> Row {
    let mut x = [0; 26];
    for (at, x) in (0..).zip(&mut x) {
        *x = ((number + at).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as i32 - (1 << 23);
    }
    Row { x }
}

const WINDOW: usize = 4;
const WITHIN: Duration = Duration::from_micros(50);
const EDGE: usize = 4096;
const RUNS: usize = 40;

/// Some milliseconds of them: on a busy machine a longer run is never left alone.
fn rows_for(batch: usize) -> u64 {
    (batch as u64 * 50).clamp(500, 20_000).max(8 * batch as u64).next_multiple_of(batch as u64)
}

/// Nanoseconds per row through a lane.
fn fused(gpu: &Timed, feeder: &Cpu, count: u64) -> f64 {
    let graph = fuse! {
        from_iter((0..count).map(row)).then(on(gpu.clone()).capacity(EDGE)).map(score::with(weights()))
    };
    let report = Engine::on(feeder.clone()).run(graph).expect("it launches").join().expect("it ends");
    assert_eq!(report.completed, count);
    gpu.took().as_nanos() as f64 / count as f64
}

/// Nanoseconds per row on one core, as the same stage without a device.
fn on_a_core(count: u64) -> f64 {
    let weights = weights();
    let began = Instant::now();
    let sum = (0..count).fold(0i32, |sum, number| sum.wrapping_add(score(black_box(row(number)), &weights)));
    black_box(sum);
    began.elapsed().as_nanos() as f64 / count as f64
}

fn best(mut run: impl FnMut() -> f64) -> f64 {
    (0..RUNS).map(|_| run()).fold(f64::INFINITY, f64::min)
}

/// What every device is asked for.
fn builder(backend: Backend, latency: Latency, rows: usize) -> GpuBuilder {
    // As the loop by hand: the driver's own thread needs a core too.
    let builder = Gpu::builder().backend(backend).latency(latency).wait(Wait::SpinThenYield { spins: 1 });
    builder.rows(rows).window(WINDOW).within(WITHIN)
}

/// The name of a device, or why there is none.
fn name(backend: Backend) -> Result<String, DeviceError> {
    let gpu = builder(backend, Latency::Graph, 1).build().expect("a thread");
    gpu.adapter().map(|adapter| adapter.name().to_owned())
}

fn introduce(name: &str) -> f64 {
    let core = best(|| on_a_core(200_000));
    println!("device: {name}; rows of {} B; {WINDOW} batches in flight", size_of::<Row>());
    println!("one cpu core: {core:.1} ns per row, {:.0} rows/s", 1e9 / core);
    core
}

fn conclude(even: Option<usize>) {
    match even {
        Some(rows) => println!("as fast as one core from batches of {rows} rows on"),
        None => println!("never as fast as one core"),
    }
}

/// The lane beside the loop by hand.
fn beside_by_hand(batches: &[usize], feeder: &Cpu) {
    let name = match name(Backend::OpenCl) {
        Ok(name) => name,
        Err(error) => return println!("SKIPPED: a lane beside a loop by hand: {error}"),
    };
    let core = introduce(&name);
    println!(
        "{:>7} {:>12} {:>12} {:>7} {:>14}",
        "batch", "lane ns/row", "hand ns/row", "ratio", "lane rows/s"
    );
    let program = Program::new(&[score::bind(weights()).erased()]).expect("a program");
    let mut even = None;
    for &rows in batches {
        let gpu = builder(Backend::OpenCl, Latency::Graph, rows).build().expect("a thread");
        let gpu = Timed::new(gpu);
        let mut hand = ByHand::open(&program, rows, WINDOW);
        let count = rows_for(rows);
        let (mut lane_best, mut hand_best) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..RUNS {
            lane_best = lane_best.min(fused(&gpu, feeder, count));
            let took = hand.run::<Row, i32>((0..count).map(row), EDGE, WITHIN);
            hand_best = hand_best.min(took.as_nanos() as f64 / count as f64);
        }
        if lane_best <= core {
            even.get_or_insert(rows);
        }
        println!(
            "{rows:>7} {lane_best:>12.1} {hand_best:>12.1} {:>7.3} {:>14.0}",
            lane_best / hand_best,
            1e9 / lane_best
        );
    }
    conclude(even);
}

/// The lane on an NVIDIA device, in each manner.
fn on_cuda(batches: &[usize], feeder: &Cpu) {
    let name = match name(Backend::Cuda) {
        Ok(name) => name,
        Err(error) => return println!("SKIPPED: a lane on CUDA: {error}"),
    };
    let core = introduce(&name);
    for latency in [Latency::Graph, Latency::Persistent] {
        println!("{latency:?}\n{:>7} {:>12} {:>14}", "batch", "lane ns/row", "lane rows/s");
        let mut even = None;
        for &rows in batches {
            let gpu = Timed::new(builder(Backend::Cuda, latency, rows).build().expect("a thread"));
            let count = 10 * rows_for(rows);
            let lane = best(|| fused(&gpu, feeder, count));
            if lane <= core {
                even.get_or_insert(rows);
            }
            println!("{rows:>7} {lane:>12.1} {:>14.0}", 1e9 / lane);
        }
        conclude(even);
    }
}

fn main() {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let batches = if asked.is_empty() { vec![1, 16, 64, 256, 1024, 4096, 16384] } else { asked };
    let feeder = Cpu::builder().wait(Wait::SpinThenYield { spins: 1 }).build().expect("a thread");
    if std::env::args().any(|word| word == "cuda") {
        on_cuda(&batches, &feeder);
    } else {
        beside_by_hand(&batches, &feeder);
    }
}
