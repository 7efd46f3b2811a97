//! The loops of lanes, and of the hosts that run them, under RealtimeSanitizer: `bash .ci/rtsan.sh` builds and runs it.
//!
//! Turns are taken inside a function that is marked as nonblocking: a call in it that may
//! allocate or wait ends the program. What a graph does once, launch and end, is outside. The program
//! also runs uninstrumented, as one of the tests; then it only checks that messages flow. With
//! `--planted-allocation` (on a context) or `--planted-wait` (in a lane alone) a stage does what it must not:
//! the sanitizer that misses that sees nothing.
//!
//! Outside is also what is a system call by its nature, so that none of it runs here: sockets, a context that goes to sleep, and one that
//! is woken. Wakes go by a futex or a poller, in one process and, over `Shm`, to another; whoever is turned by hand never sleeps.

#![cfg_attr(fusewire_rtsan, feature(sanitize))]

mod contexts;
#[path = "../support/graphs.rs"]
mod graphs;
mod rings;
#[path = "../../benches/shapes"]
#[allow(dead_code, unreachable_pub, reason = "shared with the benches")]
mod shapes {
    pub mod bare;
    pub mod chain;
    pub mod fork_join;
    pub mod hop;
    pub mod pipeline;
    pub mod sink;
}

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fusewire::context::manual::Manual;
use fusewire::edge::{Pop, Push, Pushed, Spsc};
use fusewire::prelude::*;

use graphs::{End, Running};
use shapes::bare::{Bare, Lanes};
use shapes::sink::Sum;
use shapes::{chain, fork_join, hop, pipeline};

/// More than are taken before the graph is given up.
const ENDLESS: u64 = 1 << 60;

fn main() {
    if std::env::args().any(|argument| argument == "--planted-allocation") {
        let end = End::default();
        let mut count = end.count();
        let boxed = |n: u64| drop(std::hint::black_box(Box::new(n)));
        let graph = fuse! { from_iter(0..ENDLESS).map(boxed).for_each(move |()| count()) };
        contexts::check(Running::launch("a stage that allocates", &[Manual::new()], graph, &end));
        return;
    }
    if std::env::args().any(|argument| argument == "--planted-wait") {
        let graph = fuse! {
            from_iter(0..ENDLESS).inspect_value(|_| wait()).for_each(|_| ())
        };
        drive("a stage that waits", Lanes::launch(graph, &[Bare::new()]), 1);
        return;
    }
    shape("chain", chain::fused);
    shape("fork_join", fork_join::fused);
    shape("hop of a word, both sides", hop::fused::<1>);
    shape("hop of a line, both sides", hop::fused::<7>);
    shape("hop of 256 bytes, both sides", hop::fused::<32>);
    others();
    contexts::all();
    by_hand();
    rings::all();
    let job = pipeline::Job::new(8_192);
    let (lanes, _orders) = pipeline::fused(&job, 8_192);
    // 64 packets per turn at the most: the graph does not end meanwhile.
    drive("pipeline: the graph of tick_to_trade, from packets in memory to order bytes", lanes, 100);
    println!("no lane and no host allocated or waited");
}

/// A call that the sanitizer knows to wait; it does not know the one of `std::thread::sleep`.
fn wait() {
    // SAFETY: it takes any number.
    unsafe { libc::usleep(1) };
}

fn shape(name: &str, lanes: fn(std::ops::Range<u64>) -> (Lanes, Arc<AtomicU64>)) {
    drive(name, lanes(0..ENDLESS).0, 2_000);
}

/// What the shapes leave out.
fn others() {
    let count = Arc::new(AtomicU64::new(0));
    let end = |count: &Arc<AtomicU64>| {
        let count = count.clone();
        // ORDERING: relaxed, one thread.
        move |n: u64| {
            count.fetch_add(n | 1, Ordering::Relaxed);
        }
    };
    let batches = end(&count);
    let graph = fuse! {
        from_iter(0..ENDLESS).batch::<8>().map(|batch| batch.len() as u64).for_each(batches)
    };
    drive("batch", Lanes::launch(graph, &[Bare::new()]), 500);

    let mended = end(&count);
    let graph = fuse! {
        from_iter(0..ENDLESS)
            .filter(|n| n % 5 != 0)
            .try_map(|n| if n % 3 == 0 { Err(std::fmt::Error) } else { Ok(n) })
            .or_else(|_: std::fmt::Error| just(1_u64))
            .route(|n| n % 2 == 0, |n| just(n).map(|n| n / 2), just)
            .for_each(mended)
    };
    drive("filter, errors and route", Lanes::launch(graph, &[Bare::new()]), 500);

    // ORDERING: relaxed, one thread.
    assert!(count.load(Ordering::Relaxed) > 10_000, "messages came to the end");
    let _ = Sum::new();
}

/// What no lane comes to that goes on: an edge that gives its value back as failed, and a buffer that is full.
fn by_hand() {
    println!("full edges, by hand");
    let (mut sender, mut receiver) = Spsc::new().capacity(4).policy(Fail).open::<u64>().expect("an edge");
    let failed = full(&mut sender, &mut receiver);
    let (mut sender, mut receiver) = Spsc::new().capacity(4).policy(Spill(4)).open::<u64>().expect("an edge");
    let gave_back = full(&mut sender, &mut receiver);
    let key = Conflate(|n: &u64| n % 16);
    let (mut sender, mut receiver) = Spsc::new().capacity(4).policy(key).open::<u64, u64>().expect("an edge");
    let more_keys = full(&mut sender, &mut receiver);
    assert!(
        failed > 0 && gave_back > 0 && more_keys > 0,
        "each was full: {failed}, {gave_back}, {more_keys}"
    );
}

/// Pushes more than are popped, and then pops what is left. How many values came back.
#[inline(never)]
#[cfg_attr(fusewire_rtsan, sanitize(realtime = "nonblocking"))]
fn full(sender: &mut impl Push<Item = u64>, receiver: &mut impl Pop<Item = u64>) -> u64 {
    let (mut back, mut last) = (0, None);
    for n in 0..2_000 {
        if !matches!(sender.push(n), Pushed::Ok) {
            back += 1;
        }
        sender.publish();
        if n % 50 >= 40 || n % 3 == 0 {
            sender.flush();
            let value = receiver.pop();
            receiver.hand_back();
            last = value.or(last);
        }
    }
    assert!(last.is_some(), "values came through");
    back
}

/// Takes turns of all lanes, first without the sanitizer's eyes and then under them.
fn drive(name: &str, mut lanes: Lanes, turns: u32) {
    println!("{name}");
    assert!(lanes.turns(4), "{name}: a lane ended");
    assert!(nonblocking(&mut lanes, turns), "{name}: a lane ended");
    // Nobody runs them any more: the handle would wait for them.
    lanes.give_up();
}

#[inline(never)]
#[cfg_attr(fusewire_rtsan, sanitize(realtime = "nonblocking"))]
fn nonblocking(lanes: &mut Lanes, turns: u32) -> bool {
    lanes.turns(turns)
}
