//! The engines of the example `tick_to_trade` allocate nothing between the first packet and the last order.

#[path = "../examples/tick_to_trade/engine.rs"]
#[allow(dead_code, reason = "a part of a program")]
pub mod engine;
#[path = "../examples/tick_to_trade/exchange.rs"]
#[allow(dead_code, reason = "a part of a program")]
pub mod exchange;
#[path = "support/first_thread.rs"]
mod first_thread;
#[path = "../examples/tick_to_trade/gateway.rs"]
#[allow(dead_code, reason = "a part of a program")]
pub mod gateway;
#[path = "../examples/tick_to_trade/parts.rs"]
#[allow(dead_code, reason = "a part of a program")]
pub mod parts;
#[path = "../examples/tick_to_trade/schedule.rs"]
#[allow(dead_code, reason = "a part of a program")]
pub mod schedule;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use engine::{Job, Outcome, Wiring, fused, hand};
use parts::clock::Clock;
use parts::input::BadInput;
use parts::model::Model;
use parts::tape::flow;
use schedule::{Rate, Schedule};

/// Counts what every thread allocates while `COUNTS`, but for the threads of this test itself and the one that waits for it.
struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static IS_EXEMPT: Cell<bool> = const { Cell::new(false) };
}

fn count() {
    if COUNTS.load(Ordering::Relaxed) && !IS_EXEMPT.get() && !first_thread::is_first() {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count();
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

type Run = fn(&Job<'_>, Wiring<'_>) -> Result<Outcome, BadInput>;

/// Trades over sockets; from just before the first packet until the last has long been answered, counts.
fn trade(run: Run) -> (Outcome, u64) {
    IS_EXEMPT.set(true);
    let clock = Clock::start();
    let tape = Arc::new(flow::generate(1, 2_000));
    let schedule = Arc::new(Schedule::new(&tape, Rate::PerSecond(5_000)));
    let model = Model::from_json("of the example", include_bytes!("../examples/tick_to_trade/model.json"));
    let mut cores: Vec<usize> =
        core_affinity::get_core_ids().unwrap_or_default().iter().map(|id| id.id).collect();
    cores.sort_unstable();
    let last = cores.last().copied().unwrap_or(0);
    let job = Job {
        tape: &tape,
        schedule: &schedule,
        model: Arc::new(model.expect("the example's model")),
        tick: flow::TICK,
        io_core: cores.iter().rev().nth(1).copied().unwrap_or(last),
        compute_core: last,
        recording: true,
        shows: false,
        clock,
    };
    let (feed, group) = exchange::join(&mut Vec::new()).expect("a multicast socket");
    let (listener, address) = gateway::listen().expect("a listener");
    let (start, done) = (Arc::new(OnceLock::new()), AtomicBool::new(false));
    ALLOCATIONS.store(0, Ordering::Relaxed);
    thread::scope(|scope| {
        let gateway = scope.spawn(|| {
            IS_EXEMPT.set(true);
            gateway::serve(&listener, tape.symbol())
        });
        let orders = gateway::log_in(address).expect("the gateway lets us in");
        let exchange = scope.spawn(|| {
            IS_EXEMPT.set(true);
            let _: &u64 = start.wait();
            // The lanes spin by now, and wait.
            thread::sleep(Duration::from_millis(200));
            COUNTS.store(true, Ordering::SeqCst);
            let (now, sent, gone) = (OnceLock::new(), AtomicBool::new(false), AtomicBool::new(false));
            let _ = now.set(clock.now());
            let result = exchange::send(&tape, &schedule, group, clock, &now, &sent, &gone);
            thread::sleep(Duration::from_millis(200));
            COUNTS.store(false, Ordering::SeqCst);
            done.store(true, Ordering::Release);
            result
        });
        let outcome = run(&job, Wiring::Sockets { feed, orders, start: &start, done: &done });
        exchange.join().expect("the exchange does not panic").expect("it sends");
        gateway.join().expect("the gateway does not panic").expect("it answers");
        (outcome.expect("it trades"), ALLOCATIONS.load(Ordering::Relaxed))
    })
}

#[test]
fn nothing_is_allocated_between_the_first_packet_and_the_last_order() {
    const NAME: &str = "nothing_is_allocated_between_the_first_packet_and_the_last_order";
    const ALONE: &str = "FUSEWIRE_TEST_IS_ALONE";
    if std::env::var_os(ALONE).is_none() {
        // The parts bring their own tests along, whose threads use the heap: a process of its own has none.
        let this = std::env::current_exe().expect("this test has a path");
        let run = Command::new(this).args(["--exact", NAME, "--nocapture"]).env(ALONE, "1").status();
        assert!(run.expect("this test starts again").success(), "see above");
        return;
    }
    COUNTS.store(true, Ordering::SeqCst);
    thread::spawn(|| drop(std::hint::black_box(vec![1]))).join().expect("it ends");
    COUNTS.store(false, Ordering::SeqCst);
    assert!(ALLOCATIONS.load(Ordering::Relaxed) >= 2, "another thread's use of the heap is counted");
    for (name, run) in [("fused", fused::run as Run), ("hand", hand::run)] {
        let (outcome, allocations) = trade(run);
        assert!(outcome.orders > 20, "{name}: {} orders", outcome.orders);
        assert_eq!(outcome.accepted, Some(outcome.orders), "{name}");
        assert_eq!(outcome.kept.len() as u64, outcome.orders, "{name}");
        assert_eq!(allocations, 0, "{name}: the heap was used");
    }
}
