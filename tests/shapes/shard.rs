//! `shard`: values of one key go to one shard, in order, and each shard has a state of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use fusewire::adaptors::{AtShard, ShardKey, spread};
use fusewire::context::Scheduler;
use fusewire::context::cpu::Cpu;
use fusewire::context::current;
use fusewire::context::manual::Manual;
use fusewire::control::{RunError, Stop};
use fusewire::engine::Engine;
use fusewire::prelude::*;

use crate::{Log, WAITS, Wrong, cpu, plain, until};

fn cpus<const N: usize>(wait: fusewire::wait::Wait) -> [Cpu; N] {
    std::array::from_fn(|shard| cpu(&format!("shard {shard}"), wait))
}

/// What a shard keeps of its keys: how often each came.
struct Seen {
    shard: usize,
    home: fusewire::context::ContextId,
    of: [u64; 16],
}

impl Seen {
    fn new(shard: usize, cpus: &[Cpu]) -> Self {
        Self { shard, home: cpus[shard].context().id(), of: [0; 16] }
    }

    /// The number of times that the key of `x` has come, beside `x`.
    fn see(&mut self, x: u64) -> (u64, u64) {
        assert_eq!(current().map(|here| here.id()), Some(self.home), "a shard's arm runs on its own context");
        assert_eq!((x % 16).shard(self.shard_count()), self.shard, "a key goes to its own shard");
        self.of[usize::try_from(x % 16).unwrap()] += 1;
        (x, self.of[usize::try_from(x % 16).unwrap()])
    }

    fn shard_count(&self) -> usize {
        SHARDS.load(Ordering::Relaxed)
    }
}

static SHARDS: AtomicUsize = AtomicUsize::new(0);

macro_rules! of_so_many {
    ($($count:literal)*) => {
        /// Ordered and unordered, plain and fused, on parked and spinning contexts; all in one test, as the count is shared.
        #[test]
        fn every_number_of_shards_keeps_the_order_of_each_key() {
            $(
                SHARDS.store($count, Ordering::Relaxed);
                for wait in WAITS {
                    macro_rules! came {
                        ($form:ident, $word:ident, $values:expr) => {{
                            let on = cpus::<$count>(wait);
                            let (log, counts, schedulers) = (Log::default(), Log::default(), on.clone());
                            let (seen, counted) = (log.clone(), counts.clone());
                            let graph = $form! {
                                from_iter(0..$values)
                                    .map(|x| x * 7)
                                    .$word(|x| x % 16, schedulers, |shard| {
                                        let mut book = Seen::new(shard, &on);
                                        move |x| just(book.see(x))
                                    })
                                    .for_each(move |(x, count)| { seen.note(x); counted.note(count); })
                            };
                            let report = Engine::on(cpu("home", wait)).run(graph).unwrap().join().unwrap();
                            (report.started, report.completed, log.take(), counts.take())
                        }};
                    }
                    let ordered = came!(fuse, shard, 6_000u64);
                    assert_eq!((ordered.0, ordered.1), (6_000, 6_000));
                    assert!(ordered.2.iter().copied().eq((0..6_000).map(|x| x * 7)), "in the order of passes");
                    let plain = came!(plain, shard, 300u64);
                    assert_eq!((&plain.2[..], &plain.3[..]), (&ordered.2[..300], &ordered.3[..300]));
                    let unordered = came!(fuse, shard_unordered, 6_000u64);
                    assert_eq!((unordered.0, unordered.1), (6_000, 6_000));
                    for key in 0..16 {
                        let of_key = |came: &(u64, u64, Vec<u64>, Vec<u64>)| {
                            let both = came.2.iter().copied().zip(came.3.iter().copied());
                            both.filter(|(x, _)| x % 16 == key).collect::<Vec<_>>()
                        };
                        assert_eq!(of_key(&unordered), of_key(&ordered), "the values of key {key} keep their order");
                    }
                }
            )*
        }
    };
}

of_so_many! { 1 2 4 8 }

#[test]
fn once_and_twice_in_a_machine() {
    let [a, b] = cpus(WAITS[0]);
    let graph = fuse! {
        from_iter([5u64, 6, 5]).shard(|x| AtShard(*x as usize), [a, b], |shard| {
            let mut sum = 1_000 * shard as u64;
            move |x| { sum += x; just(sum) }
        })
    };
    assert_eq!(block_on(graph.repeat(3)), Completion::Value(1_010), "each shard keeps its own sum");
}

#[test]
fn what_a_shard_filters_or_fails_is_as_in_the_plain_form() {
    fn arm(x: u64) -> impl Sender<Value = u64, Error = Wrong> {
        just(x).filter(|x| x % 3 != 0).try_map(|x| if x % 10 == 7 { Err(Wrong(x)) } else { Ok(x) })
    }
    for wait in WAITS {
        macro_rules! came {
            ($form:ident, $($behind:tt)*) => {{
                let [a, b] = cpus(wait);
                let log = Log::default();
                let seen = log.clone();
                let graph = $form! {
                    from_iter(0..400u64)
                        .shard(|x| *x, [a, b], |_| arm)
                        $($behind)*
                        .for_each(move |x| seen.note(x))
                };
                let outcome = Engine::on(cpu("home", wait)).run(graph).unwrap().join();
                let outcome = match &outcome {
                    Ok(report) => format!("{report:?}").split("elapsed").next().unwrap().to_owned(),
                    Err(error) => format!("{:?}", RunError::downcast_ref::<Wrong>(error)),
                };
                (outcome, log.take())
            }};
        }
        assert_eq!(came!(plain,), came!(fuse,), "the first error, in the order of passes, ends it");
        let mended = came!(fuse, .or_else(|wrong: Wrong| just(wrong.0 + 1_000)));
        assert_eq!(came!(plain, .or_else(|wrong: Wrong| just(wrong.0 + 1_000))), mended);
        assert!(mended.1.contains(&1_007) && !mended.1.contains(&9));
    }
}

/// An error before the shards that is handled behind them keeps its place in the order.
#[test]
fn an_error_goes_past_the_shards_in_order() {
    for wait in WAITS {
        let [a, b, c] = cpus(wait);
        let log = Log::default();
        let seen = log.clone();
        let graph = fuse! {
            from_iter(0..3_000u64)
                .try_map(|x| if x % 5 == 2 { Err(Wrong(x)) } else { Ok(x) })
                .shard(|x| *x, [a, b, c], |_| just)
                .or_else(|wrong: Wrong| just(wrong.0))
                .for_each(move |x| seen.note(x))
        };
        Engine::on(cpu("home", wait)).run(graph).unwrap().join().unwrap();
        assert!(log.take().into_iter().eq(0..3_000));
    }
}

/// Unordered, a shard that stands still holds up what is for itself, until its edge is full.
#[test]
fn a_shard_that_stands_still_holds_up_no_other_that_is_unordered() {
    for wait in WAITS {
        let on: [Cpu; 2] = cpus(wait);
        let (go, log) = (Arc::new(AtomicBool::new(false)), Log::default());
        let (told, seen) = (go.clone(), log.clone());
        let graph = fuse! {
            from_iter(0..1_000u64)
                .shard_unordered(|x| AtShard(usize::from(*x == 0)), on, |shard| {
                    let told = told.clone();
                    move |x| {
                        while shard == 1 && !told.load(Ordering::Acquire) {
                            std::thread::yield_now();
                        }
                        just(x)
                    }
                })
                .for_each(move |x| seen.note(x))
        };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        until("all but the first have come", || log.len() == 999);
        go.store(true, Ordering::Release);
        handle.join().unwrap();
        assert!(log.take().into_iter().eq((1..1_000).chain([0])));
    }
}

/// A lane that waits for one shard's pass is left and comes back many times, and goes on with that pass. The lane in front goes on for as
/// long as there is room: in order, for the number of each pass; else in the shard that stands still, which has every seventh.
#[test]
fn turn_by_turn_in_any_order_of_the_contexts() {
    const VALUES: u64 = 10_000;
    const ROOM: usize = 1_024;
    macro_rules! in_turns {
        ($shard:ident, $came:expr, $begun:expr) => {{
            let (home, on): (Manual, [Manual; 3]) = (Manual::new(), std::array::from_fn(|_| Manual::new()));
            let [log, begun] = std::array::from_fn(|_| Log::default());
            let (seen, noted, shards) = (log.clone(), begun.clone(), on.clone());
            let graph = fuse! {
                from_iter(0..VALUES)
                    .inspect_value(move |x| noted.note(*x))
                    .$shard(|x| AtShard(match x % 7 { 3 => 1, 5 => 2, _ => 0 }), shards, |_| |x| just(x))
                    .for_each(move |x| seen.note(x))
            };
            let handle = Engine::on(home.clone()).run(graph).unwrap();
            for _ in 0..2_000 {
                let _ = [&home, &on[0], &on[2]].map(Manual::turn);
            }
            assert_eq!((log.len(), begun.len()), ($came, $begun), "{}", stringify!($shard));
            let mut drawn = 0x2545_f491_4f6c_dd1d_u64;
            while log.len() < VALUES as usize {
                drawn ^= drawn << 13;
                drawn ^= drawn >> 7;
                drawn ^= drawn << 17;
                match drawn >> 32 & 3 {
                    3 => home.turn(),
                    shard => on[shard as usize].turn(),
                };
            }
            while ![&home, &on[0], &on[1], &on[2]].into_iter().all(|context| context.run_until_idle() == 0) {}
            assert_eq!(handle.join().unwrap().completed, VALUES);
            log.take()
        }};
    }
    // The first three have gone on, and the number of the fourth is known.
    assert!(in_turns!(shard, 3, 4 + ROOM).into_iter().eq(0..VALUES));
    // Of the one that stands still, 3, 10, 17 and so on are inside.
    let full = 3 + 7 * (ROOM - 1);
    let mut came = in_turns!(shard_unordered, full + 1 - ROOM, full + 1);
    let of = |at| came.iter().copied().filter(move |x| x % 7 == at).collect::<Vec<_>>();
    assert!((0..7).all(|at| of(at).is_sorted()), "each key's values stay in order");
    came.sort_unstable();
    assert!(came.into_iter().eq(0..VALUES));
}

#[test]
fn drained_abandoned_and_panicked() {
    for wait in WAITS {
        for how in [Stop::Drain, Stop::Abandon] {
            let on: [Cpu; 4] = cpus(wait);
            let [log, begun] = std::array::from_fn(|_| Log::default());
            let (seen, noted) = (log.clone(), begun.clone());
            let graph = fuse! {
                from_iter(0u64..)
                    .inspect_value(move |x| noted.note(*x))
                    .shard(|x| *x, on, |_| |x| just(x).map(|x| x))
                    .for_each(move |x| seen.note(x))
            };
            let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
            until("some have come", || log.len() > 50);
            handle.stop(how);
            let report = handle.join().unwrap();
            let came = log.take();
            assert_eq!(
                (begun.len() as u64, came.len() as u64),
                (report.started, report.completed),
                "{how:?}"
            );
            assert!(how == Stop::Abandon || report.completed == report.started, "{report:?}");
            assert!(came.into_iter().enumerate().all(|(at, x)| at as u64 == x));
        }
        let on: [Cpu; 2] = cpus(wait);
        let graph = fuse! {
            from_iter(0u64..)
                .shard(|x| *x, on, |_| |x: u64| { assert!(x < 70, "seventy"); just(x) })
                .for_each(drop)
        };
        let error = Engine::on(cpu("home", wait)).run(graph).unwrap().join().unwrap_err();
        assert!(
            matches!(&error, RunError::Panicked(report) if report.message.contains("seventy")),
            "{error}"
        );
    }
}

/// In an arm, or a side of a join, the whole is one stage that waits.
#[test]
fn inside_of_what_meets_others() {
    let two: [Cpu; 2] = cpus(WAITS[0]);
    let log = Log::default();
    let (seen, to) = (log.clone(), two[0].clone());
    let graph = fuse! {
        from_iter(0..60u64)
            .fork(|x| just(x).then(on(to.clone())).shard(|x| *x, two.clone(), |_| |x| just(x * 2)), |x| just(x))
            .for_each(move |(twice, x)| { assert_eq!(twice, 2 * x); seen.note(x); })
    };
    Engine::new().run(graph).unwrap().join().unwrap();
    assert!(log.take().into_iter().eq(0..60));
}

#[test]
fn it_is_drawn_with_the_lanes_of_its_shards() {
    let on: [Cpu; 2] = cpus(WAITS[0]);
    let graph = fuse! { from_iter(0..9u64).shard(|x| *x, on, |_| just).for_each(drop) };
    let topology = graph.inspect();
    let text = topology.to_string();
    assert!(text.contains("shard 1 of 2") && text.contains("shard"), "{text}");
    for drawn in [topology.dot(), topology.mermaid(), topology.json(), topology.svg()] {
        assert!(drawn.contains("shard"), "{drawn}");
    }
}

/// `spread` gives numbers in a row, and hashes that differ in their high bits only, to all shards about equally, the same in every run.
#[test]
fn a_hash_is_spread_over_all_shards() {
    for shards in [1, 2, 3, 7, 16] {
        for step in [0, 32] {
            let mut of = vec![0u32; shards];
            for n in 0..16_000u64 {
                of[spread(n << step, shards)] += 1;
            }
            let fair = 16_000 / shards as u32;
            assert!(of.iter().all(|&count| count.abs_diff(fair) * 10 <= fair), "{step}: {of:?}");
        }
    }
    assert_eq!(
        [0u64, 1, 2, 3].map(|n| spread(n, 4)),
        [0, 2, 0, 3],
        "a key stays with its shard from release to release"
    );
}

/// What a `batch` has gathered when its source ends goes to a shard for which nobody has asked whether it has room.
#[test]
fn the_rest_of_a_batch_goes_to_a_shard() {
    let seen = Log::default();
    let (on, note) = (cpus::<2>(WAITS[0]), seen.clone());
    let (mut sender, receiver) = fusewire::edge::edge(8).unwrap();
    for n in 0..6u64 {
        assert_eq!(sender.push(n), fusewire::edge::Pushed::Ok);
    }
    let graph = fuse! {
        recv(receiver)
            .batch::<4>()
            .map(|batch| batch.iter().sum::<u64>())
            .shard(|x| x % 2, on, |_| |x: u64| just(x + 1))
            .for_each(move |x| note.note(x))
    };
    let handle = Engine::default().run(graph).unwrap();
    // The end comes in a turn of its own.
    until("the first batch has come", || seen.len() == 1);
    drop(sender);
    handle.join().unwrap();
    assert_eq!(seen.take(), [7, 10]);
}
