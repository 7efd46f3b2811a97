//! Contexts on top of contexts: strands, levels of priority, measured and seeded contexts keep the contract, compose,
//! keep their order, end with what is below, and allocate nothing per task.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fusewire::alloc::Recycling;
use fusewire::conformance::{self, check_all, harness, task};
use fusewire::consumers::{detach_on, spawn_on};
use fusewire::context::cpu::Cpu;
use fusewire::context::inline::Inline;
use fusewire::context::instrumented::Instrumented;
use fusewire::context::manual::Manual;
use fusewire::context::prioritised::Prioritised;
use fusewire::context::seeded::Seeded;
use fusewire::context::strand::Strand;
use fusewire::context::{ContextRef, Scheduler, current};
use fusewire::control::RunError;
use fusewire::engine::Engine;
use fusewire::lane::{Abandoned, Lane, Turn};
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::wait::Wait;
use fusewire::work::Fate;

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Whether this thread's allocations count: other tests allocate beside.
    static COUNTED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

// SAFETY: forwards to the system's allocator, and counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTED.try_with(std::cell::Cell::get).unwrap_or(false) {
            ALLOCATIONS.fetch_add(1, Ordering::SeqCst);
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const STRATEGIES: [Wait; 3] = [Wait::Spin, Wait::SpinThenPark { spins: 50 }, Wait::Park];

fn cpu(wait: Wait) -> Cpu {
    Cpu::builder().wait(wait).build().unwrap()
}

fn kept<S: Scheduler>(make: impl Fn() -> S, end: impl Fn(&S) + Copy) {
    if let Err(violation) = check_all(|| harness(make(), end)) {
        panic!("{violation}");
    }
}

#[test]
fn strands_keep_the_contract() {
    for wait in [Wait::Park, Wait::SpinThenPark { spins: 50 }] {
        kept(|| Strand::over(&cpu(wait)), |strand| strand.below().end());
    }
    kept(|| Strand::over(&Manual::new()), |strand| strand.below().end());
    kept(
        || Strand::over(&Manual::new()),
        |strand| {
            strand.end();
            strand.below().run_until_idle();
        },
    );
    // On top of one another as well.
    kept(|| Strand::over(&Strand::over(&cpu(Wait::Park))), |strand| strand.below().below().end());
}

#[test]
fn measured_contexts_keep_the_contract() {
    kept(|| Instrumented::over(&cpu(Wait::Park)), |measured| measured.below().end());
    kept(|| Instrumented::over(&Manual::new()), |measured| measured.below().end());
}

/// A level, and the context below, which ends all of them.
#[derive(Clone)]
struct Of<L>(L, Cpu);

impl<L: Scheduler> Scheduler for Of<L> {
    type Runs = L::Runs;

    fn context(&self) -> &ContextRef {
        self.0.context()
    }
}

#[test]
fn levels_keep_the_contract() {
    let make = |cpu: Cpu| Of(Prioritised::<_, 3>::over(&cpu).level::<0>(), cpu);
    kept(|| make(cpu(Wait::Park)), |level| level.1.end());
    let make = |cpu: Cpu| Of(Prioritised::<_, 3>::over(&cpu).level::<2>(), cpu);
    kept(|| make(cpu(Wait::SpinThenPark { spins: 50 })), |level| level.1.end());
}

#[test]
fn seeded_contexts_keep_all_rules_but_the_order_of_posting() {
    let make = || harness(Seeded::over(&Manual::new(), 3), |seeded| seeded.below().end());
    conformance::identity(make).unwrap();
    conformance::one_thread(make).unwrap();
    assert_eq!(conformance::posts(make).unwrap_err().rule, 3);
    conformance::waits(make).unwrap();
    conformance::lanes(make).unwrap();
    conformance::panics(make).unwrap();
    conformance::wakes(make, 100).unwrap();
    conformance::ends(make).unwrap();
}

#[test]
fn no_wake_is_lost_in_ten_thousand_races() {
    for wait in [Wait::SpinThenPark { spins: 50 }, Wait::Park] {
        let make = || harness(Strand::over(&cpu(wait)), |strand| strand.below().end());
        conformance::wakes(make, 10_000).unwrap();
    }
}

/// Notes what ran.
type Order = Arc<Mutex<Vec<u32>>>;

fn note(order: &Order, what: u32) -> impl Sender<Value = (), Error = Never> + Send + use<> {
    let order = Arc::clone(order);
    just(what).map(move |what| order.lock().unwrap().push(what))
}

#[test]
fn the_most_urgent_task_comes_next() {
    let (manual, order) = (Manual::new(), Order::default());
    let levels = Prioritised::<_, 3>::over(&manual);
    let (urgent, usual, idle) = (levels.level::<0>(), levels.level::<1>(), levels.level::<2>());
    for n in 0..3 {
        detach_on(&idle, note(&order, 200 + n)).unwrap();
        detach_on(&usual, note(&order, 100 + n)).unwrap();
    }
    // One that comes up while a less urgent one runs goes before the rest of those.
    let (inner, late) = (Arc::clone(&order), urgent.clone());
    detach_on(&usual, just(()).map(move |()| detach_on(&late, note(&inner, 9)).unwrap())).unwrap();
    detach_on(&usual, note(&order, 199)).unwrap();
    detach_on(&urgent, note(&order, 0)).unwrap();
    manual.run_until_idle();
    assert_eq!(*order.lock().unwrap(), [0, 100, 101, 102, 9, 199, 200, 201, 202]);
}

#[test]
fn one_level_is_the_context_itself() {
    let manual = Manual::new();
    let one = Prioritised::<_, 1>::over(&manual);
    assert!(Arc::ptr_eq(one.level::<0>().context(), manual.context()));
}

/// A lane that is busy for ever.
struct Busy(Arc<AtomicU64>);

impl Lane for Busy {
    fn turn(&mut self) -> Turn {
        self.0.fetch_add(1, Ordering::SeqCst);
        Turn::Busy
    }

    fn abandon(&mut self, _: Abandoned) {}
}

#[test]
fn a_busy_lane_of_a_lower_level_holds_a_task_up_for_one_turn() {
    let (manual, turns, order) = (Manual::new(), Arc::<AtomicU64>::default(), Order::default());
    let levels = Prioritised::<_, 2>::over(&manual);
    levels.level::<1>().context().attach(Box::new(Busy(Arc::clone(&turns))));
    manual.turn();
    assert!(turns.load(Ordering::SeqCst) > 0);
    detach_on(&levels.level::<0>(), note(&order, 1)).unwrap();
    let before = turns.load(Ordering::SeqCst);
    manual.turn();
    assert_eq!(*order.lock().unwrap(), [1]);
    // And the lane went on behind it, in the same turn of the context below.
    assert!(turns.load(Ordering::SeqCst) > before);
}

#[test]
fn a_strand_serialises_what_comes_from_everywhere_and_keeps_the_order_of_each() {
    let (strand, scope) = (Strand::over(&cpu(Wait::spin_then_park())), Scope::new());
    let (seen, inside) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
    std::thread::scope(|threads| {
        for thread in 0..3u32 {
            let (strand, scope, seen, inside) = (&strand, &scope, &seen, &inside);
            threads.spawn(move || {
                for n in 0..500u32 {
                    let (seen, inside) = (Arc::clone(seen), Arc::clone(inside));
                    let work = just((thread, n)).map(move |what| {
                        assert!(!inside.swap(true, Ordering::SeqCst));
                        seen.lock().unwrap().push(what);
                        inside.store(false, Ordering::SeqCst);
                    });
                    spawn_on(strand, scope, work).unwrap();
                }
            });
        }
    });
    block_on(scope.join()).into_result().unwrap();
    let seen = seen.lock().unwrap();
    for thread in 0..3 {
        let of_one: Vec<_> = seen.iter().filter(|(from, _)| *from == thread).map(|(_, n)| *n).collect();
        assert!(of_one.iter().copied().eq(0..500));
    }
}

#[test]
fn whoever_is_on_a_strand_is_on_the_context_below() {
    let manual = Manual::new();
    let (strand, scope) = (Strand::over(&manual), Scope::new());
    let other = Strand::over(&manual);
    let (own, below, beside) = (strand.context().clone(), manual.context().clone(), other.context().clone());
    let turning = manual.clone();
    let looked = just(()).map(move |()| {
        assert_eq!(current().unwrap().id(), own.id());
        assert_eq!([own.is_here(), below.is_here(), beside.is_here()], [true, true, false]);
        // A turn of the context that runs this does nothing.
        assert_eq!(turning.turn(), Turn::Idle);
    });
    spawn_on(&strand, &scope, looked).unwrap();
    manual.run_until_idle();
    assert_eq!(block_on(scope.join()), Completion::Value(()));
}

#[test]
fn graphs_run_on_layers_and_end_with_what_is_below() {
    for wait in STRATEGIES {
        let below = cpu(wait);
        let strand = Strand::over(&below);
        let measured = Instrumented::over(&strand);
        let there = measured.clone();
        let sum = Arc::new(AtomicU64::new(0));
        let adding = Arc::clone(&sum);
        let graph = fuse! {
            from_iter(0..10_000u64).then(on(there)).map(|n| n + 1).for_each(move |n| { adding.fetch_add(n, Ordering::SeqCst); })
        };
        let report = Engine::on(strand.clone()).run(graph).unwrap().join().unwrap();
        assert_eq!((report.completed, sum.load(Ordering::SeqCst)), (10_000, 50_005_000));

        let endless = Engine::on(measured.clone()).run(every(Duration::from_millis(1))).unwrap();
        below.end();
        assert!(matches!(endless.join(), Err(RunError::ContextEnded)));
    }
}

#[test]
fn timers_wait_below() {
    for wait in STRATEGIES {
        let strand = Strand::over(&Strand::over(&cpu(wait)));
        let began = Instant::now();
        let late = just(()).then(on(&strand)).and(|()| after(Duration::from_millis(15)));
        assert_eq!(block_on(late), Completion::Value(()));
        assert!(began.elapsed() >= Duration::from_millis(15));
    }
}

#[test]
fn figures_are_of_what_went_through() {
    let manual = Manual::new();
    let measured = Instrumented::over(&manual);
    for _ in 0..5 {
        detach_on(&measured, just(()).map(|()| std::thread::sleep(Duration::from_millis(1)))).unwrap();
    }
    detach_on(&measured, just(()).map(|()| panic!("counted as well"))).unwrap();
    detach_on(&manual, just(())).unwrap();
    manual.run_until_idle();
    let figures = measured.figures();
    assert_eq!(figures.tasks, 6);
    assert!(figures.longest >= Duration::from_millis(1) && figures.busy >= 5 * Duration::from_millis(1));
    measured.context().attach(Box::new(Busy(Arc::default())));
    manual.turn();
    assert!(measured.figures().rounds > 0);
}

#[test]
fn a_seed_draws_an_order_of_everything_that_was_posted() {
    let drawn = |seed| {
        let (manual, order) = (Manual::new(), Order::default());
        let seeded = Seeded::over(&Strand::over(&manual), seed);
        for n in 0..8 {
            let (again, order, inner) = (seeded.clone(), Arc::clone(&order), Arc::clone(&order));
            let work = just(n).map(move |n| {
                order.lock().unwrap().push(n);
                detach_on(&again, note(&inner, n + 100)).unwrap();
            });
            detach_on(&seeded, work).unwrap();
        }
        manual.run_until_idle();
        std::mem::take(&mut *order.lock().unwrap())
    };
    let mut orders = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let order = drawn(seed);
        assert_eq!(order, drawn(seed), "seed {seed}");
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.iter().copied().eq((0..8).chain(100..108)), "{order:?}");
        orders.insert(order);
    }
    assert!(orders.len() > 45, "{} orders of 50 seeds", orders.len());
}

#[test]
fn tasks_that_a_layer_holds_back_are_abandoned_when_it_ends() {
    /// Whichever runs first ends the layer, so that the others are abandoned.
    fn check(context: &ContextRef, below: &Manual, end: impl Fn() + Clone + Send + 'static) {
        let fates = Arc::new(Mutex::new(Vec::new()));
        for _ in 0..4 {
            let (fates, end) = (Arc::clone(&fates), end.clone());
            context.post(task(move |fate| {
                fates.lock().unwrap().push(fate);
                end();
            }));
        }
        below.run_until_idle();
        assert_eq!(*fates.lock().unwrap(), [Fate::Run, Fate::Abandoned, Fate::Abandoned, Fate::Abandoned]);
    }
    let manual = Manual::new();
    let levels = Prioritised::<_, 2>::over(&manual);
    let ending = levels.clone();
    check(levels.level::<1>().context(), &manual, move || ending.end());
    let seeded = Seeded::over(&manual, 1);
    let ending = seeded.clone();
    check(seeded.context(), &manual, move || ending.end());
}

#[test]
fn layers_run_inline_as_well() {
    let strand = Strand::over(&Inline::new());
    let order = Order::default();
    for n in 0..3 {
        detach_on(&strand, note(&order, n)).unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [0, 1, 2]);
}

#[test]
fn giving_a_stack_of_layers_a_task_allocates_nothing() {
    let manual = Manual::new();
    let strand = Strand::over(&manual);
    let levels = Prioritised::<_, 3>::over(&strand);
    let measured = Instrumented::over(&levels.level::<1>());
    let seeded = Seeded::over(&measured, 5);
    // As many at once as a thread surely keeps the memory of: what goes beyond, another test may take meanwhile.
    let give = || {
        for _ in 0..Recycling::KEPT / 2 {
            detach_on(&seeded, just(())).unwrap();
        }
        manual.run_until_idle();
    };
    // The policy recycles what it has once got.
    give();
    COUNTED.set(true);
    for _ in 0..4 {
        give();
    }
    COUNTED.set(false);
    assert_eq!(ALLOCATIONS.load(Ordering::SeqCst), 0);
    assert!(measured.figures().tasks > 0);
}
