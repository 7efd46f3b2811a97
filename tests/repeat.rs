//! A `repeat` can be stopped, however long it is and whether or not its turns give values, plain and fused, in a
//! pass of its own and in a lane. What its source says ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::stop::StopSource;
use fusewire::wait::Wait;

/// Turns after which a stop is asked for: more than a lane takes before it looks up.
const TURNS: u64 = 1_000;

fn cpu(name: &str) -> Cpu {
    Cpu::builder().name(name).wait(Wait::Park).build().unwrap()
}

/// What `work` gives; a test that never ends says so instead of hanging.
fn ends<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (send, receive) = channel();
    let worker = std::thread::spawn(move || send.send(work()));
    match receive.recv_timeout(Duration::from_secs(60)) {
        Ok(made) => made,
        Err(_) if worker.is_finished() => panic!("{what}: {:?}", worker.join()),
        Err(_) => panic!("{what}: has not ended"),
    }
}

/// Waits until there were some turns.
fn until_it_turns(turns: &AtomicU64) {
    while turns.load(Ordering::Relaxed) < TURNS {
        std::thread::yield_now();
    }
}

/// Asks for a stop as soon as there were some turns.
fn stop_later(turns: &Arc<AtomicU64>) -> StopSource {
    let (source, turns) = (StopSource::new(), turns.clone());
    let stopper = source.clone();
    std::thread::spawn(move || {
        until_it_turns(&turns);
        stopper.request_stop();
    });
    source
}

fn refuse(_: u64) -> Result<u64, String> {
    Err("refused".to_owned())
}

/// `name: |turns, a| chain` is a test of a chain that never completes by itself and counts its `turns`; it may hop
/// to `a`. Run to its end, it is stopped in each of the ways that come first.
macro_rules! stopped {
    ($stops:expr; $($name:ident: |$turns:ident, $a:ident| { $($chain:tt)* })*) => {
        $(
            mod $name {
                use super::*;

                macro_rules! once {
                    ($form:ident) => {
                        ends(stringify!($form), || {
                            let $turns = Arc::new(AtomicU64::new(0));
                            let source = stop_later(&$turns);
                            #[allow(unused_variables, reason = "not every chain hops")]
                            let $a = cpu("a");
                            let turn = { let $turns = $turns.clone(); move || { $turns.fetch_add(1, Ordering::Relaxed); } };
                            let $turns = turn;
                            format!("{:?}", block_on(($form! { $($chain)* }).with_stop(source.token())))
                        })
                    };
                }

                macro_rules! run {
                    ($form:ident, $stop:expr) => {
                        ends(stringify!($form), move || {
                            let turns = Arc::new(AtomicU64::new(0));
                            #[allow(unused_variables, reason = "not every chain hops")]
                            let $a = cpu("a");
                            let $turns = { let turns = turns.clone(); move || { turns.fetch_add(1, Ordering::Relaxed); } };
                            let handle = Engine::on(cpu("home")).run($form! { $($chain)* }).unwrap();
                            until_it_turns(&turns);
                            handle.stop($stop);
                            handle.join().map(|report| report.completed).map_err(|error| error.to_string())
                        })
                    };
                }

                #[test]
                fn once() {
                    assert_eq!(once!(plain), "Stopped(Requested)");
                    assert_eq!(once!(fuse), "Stopped(Requested)");
                }

                #[test]
                fn run() {
                    for stop in $stops {
                        assert_eq!(run!(plain, stop), Ok(0), "{stop:?}");
                        assert_eq!(run!(fuse, stop), Ok(0), "{stop:?}");
                    }
                }
            }
        )*
    };
}

macro_rules! plain {
    ($($chain:tt)*) => { { $($chain)* } };
}

stopped! {
    [Stop::Abandon, Stop::Drain];
    every_value_is_filtered: |turns, a| { just(1_u64).filter(move |_| { turns(); false }).repeat(3) }
    very_many_values: |turns, a| { just(1_u64).inspect_value(move |_| turns()).repeat(u64::MAX) }
    behind_it_a_hop: |turns, a| {
        just(1_u64).filter(move |_| { turns(); false }).repeat(3).then(on(a)).map(|x| x + 1)
    }
    behind_it_a_wait: |turns, a| { just(1_u64).filter(move |_| { turns(); false }).repeat(3).and(just) }
    behind_it_a_hop_and_a_wait: |turns, a| {
        just(1_u64).filter(move |_| { turns(); false }).repeat(3).and(just).then(on(a)).map(|x| x + 1)
    }
    inside_of_another: |turns, a| { just(1_u64).repeat(5).filter(move |_| { turns(); false }).repeat(3).repeat(2) }
    round_another_that_never_ends: |turns, a| { just(1_u64).filter(move |_| { turns(); false }).repeat(3).repeat(2) }
    until_what_never_comes: |turns, a| { just(1_u64).inspect_value(move |_| turns()).repeat_until(|_| false) }
    until_what_never_comes_then_a_hop: |turns, a| {
        just(1_u64).inspect_value(move |_| turns()).repeat_until(|_| false).then(on(a)).map(|x| x + 1)
    }
    again_and_again: |turns, a| { just(1_u64).inspect_value(move |_| turns()).try_map(refuse).retry(u32::MAX) }
}

// What is inside of a graph that drains goes on to its end, and what it is joined with gives it a partner.
stopped! {
    [Stop::Abandon];
    one_side_of_a_join: |turns, a| {
        just(0_u64).then(on(a)).join(just(1_u64).filter(move |_| { turns(); false }).repeat(3))
    }
    in_a_stage_that_may_wait: |turns, a| {
        just(1_u64).and(move |x| {
            let turns = turns.clone();
            just(x).filter(move |_| { turns(); false }).repeat(3)
        })
    }
}

/// As often as it says, and each pass anew, with turns that give nothing in between.
#[test]
fn counts_values_and_no_other_turns() {
    macro_rules! passes {
        ($form:ident) => {{
            let (seen, turns) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
            let (sum, turn) = (seen.clone(), turns.clone());
            let graph = $form! {
                from_iter(0..10_000_u64)
                    .inspect_value(move |_| { turn.fetch_add(1, Ordering::Relaxed); })
                    .filter(|x| x % 3 == 0)
                    .repeat(100)
                    .for_each(move |x| { sum.fetch_add(x, Ordering::Relaxed); })
            };
            let report = Engine::new().run(graph).unwrap().join().unwrap();
            (report.completed, seen.load(Ordering::Relaxed), turns.load(Ordering::Relaxed))
        }};
    }
    let sum = (1..=33).map(|pass| (pass * 100 - 1) * 3).sum();
    assert_eq!(passes!(plain), (33, sum, 10_000));
    assert_eq!(passes!(fuse), (33, sum, 10_000));
}

/// The end of its source is the end of the pass and of the graph, in the middle of a repeat as well.
#[test]
fn ends_with_its_source() {
    macro_rules! ended {
        ($form:ident) => {{
            let once = block_on($form! { from_iter(0..1_000_u64).filter(|_| false).repeat(3) });
            let nested = block_on($form! { from_iter(0..1_000_u64).repeat(7).filter(|_| false).repeat(3) });
            let run = $form! { from_iter(0..1_000_u64).filter(|_| false).repeat(3).for_each(drop) };
            let report = ends("a graph whose source has ended", || {
                Engine::new().run(run).unwrap().join().unwrap().completed
            });
            (format!("{once:?}"), format!("{nested:?}"), report)
        }};
    }
    let ended = ("Stopped(Ended)".to_owned(), "Stopped(Ended)".to_owned(), 0);
    assert_eq!(ended!(plain), ended);
    assert_eq!(ended!(fuse), ended);
}

/// A machine that was stopped in the middle of a repeat begins it anew when it is started again.
#[test]
fn begins_anew_after_a_stop() {
    let mut left = 1_500_u64;
    let stop = StopSource::new();
    let (stopper, token) = (stop.clone(), stop.token());
    let graph = fuse! {
        just(1_u64)
            .scan(0_u64, move |sum: &mut u64, x| {
                *sum += x;
                if *sum == left {
                    left = 0;
                    stopper.request_stop();
                }
                *sum
            })
            .repeat(2_000)
    };
    let whole = graph.with_stop(token).or_stopped(|_| just(0_u64)).map(|x| x > 0);
    assert_eq!(format!("{:?}", block_on(whole)), "Value(false)");
}

/// In a lane it leaves the context to the others.
#[test]
fn others_on_its_context_go_on() {
    let completed = ends("a graph beside a repeat", || {
        let home = cpu("home");
        let turns = Arc::new(AtomicU64::new(0));
        let turn = turns.clone();
        let endless = fuse! {
            just(1_u64).filter(move |_| { turn.fetch_add(1, Ordering::Relaxed); false }).repeat(3).for_each(drop)
        };
        let endless = Engine::on(home.clone()).run(endless).unwrap();
        until_it_turns(&turns);
        let other = fuse! { from_iter(0..1_000_u64).map(|x| x + 1).for_each(drop) };
        let completed = Engine::on(home).run(other).unwrap().join().unwrap().completed;
        endless.stop(Stop::Abandon);
        endless.join().unwrap();
        completed
    });
    assert_eq!(completed, 1_000);
}

/// What a stage inside has gathered when its source ends is a turn of its own.
#[test]
fn a_batch_that_is_not_full_is_a_turn() {
    macro_rules! passes {
        ($form:ident) => {{
            let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
            let log = seen.clone();
            let graph = $form! {
                from_iter(0..27_u64)
                    .batch::<2>()
                    .map(|batch| batch.iter().sum::<u64>())
                    .repeat(2)
                    .for_each(move |x| log.lock().unwrap().push(x))
            };
            let report = Engine::new().run(graph).unwrap().join().unwrap();
            let seen = std::mem::take(&mut *seen.lock().unwrap());
            (report.started, report.completed, seen)
        }};
    }
    let passes = passes!(plain);
    assert_eq!(passes, (7, 7, vec![5, 13, 21, 29, 37, 45, 26]));
    assert_eq!(passes!(fuse), passes);
}
