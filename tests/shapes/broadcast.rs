//! `broadcast`: every arm sees every value, and ends by itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::prelude::*;

use crate::{A, B, Log, WAITS, Wrong, cpu, plain, run, until};

fn odd(x: &u64) -> bool {
    x % 2 == 1
}

fn later(x: u64) -> impl Sender<Value = u64, Error = Never> {
    just(x).map(|x| x + 100)
}

/// `name: |seen| chain` is a test; the arms of the chain note what they see in `seen[..]`, of which there are four.
macro_rules! both {
    ($($name:ident: |$seen:ident| { $($chain:tt)* })*) => {
        $(
            #[test]
            fn $name() {
                macro_rules! seen {
                    ($form:ident) => {{
                        static LOGS: [Mutex<Vec<u64>>; 4] = [const { Mutex::new(Vec::new()) }; 4];
                        #[allow(non_upper_case_globals, reason = "the chains call it so")]
                        static $seen: [fn(u64); 4] = [
                            |x| LOGS[0].lock().unwrap().push(x),
                            |x| LOGS[1].lock().unwrap().push(x),
                            |x| LOGS[2].lock().unwrap().push(x),
                            |x| LOGS[3].lock().unwrap().push(x),
                        ];
                        let take = || LOGS.each_ref().map(|log| std::mem::take(&mut *log.lock().unwrap()));
                        let once = format!("{:?}", block_on($form! { $($chain)* }));
                        let first = take();
                        let outcome = run($form! { $($chain)* });
                        (once, first, outcome, take())
                    }};
                }
                let (plain, fused) = (seen!(plain), seen!(fuse));
                assert!(plain.3.iter().any(|log| !log.is_empty()), "{plain:?}");
                assert_eq!(plain, fused, "plain on the left, fused on the right");
            }
        )*
    };
}

both! {
    two_in_one_lane: |seen| {
        from_iter(0..50u64).broadcast(|x| just(x).for_each(seen[0]), |x| just(x).map(|x| x * 2).for_each(seen[1]))
    }
    three_that_hop: |seen| {
        from_iter(0..50u64).map(|x| x + 1).broadcast3(
            |x| just(x).then(on(A.clone())).for_each(seen[0]),
            |x| just(x).then(on(B.clone()).capacity(2)).map(|x| x * 2).for_each(seen[1]),
            |x| just(x).for_each(seen[2]),
        )
    }
    four_with_a_filter_each: |seen| {
        from_iter(0..50u64).broadcast4(
            |x| just(x).filter(odd).for_each(seen[0]),
            |x| just(x).then(on(A.clone())).filter(odd).map(|x| x * 3).for_each(seen[1]),
            |x| just(x).filter_map(|x| (x > 40).then_some(x)).then(on(B.clone())).for_each(seen[2]),
            |x| just(x).inspect_value(move |x| seen[3](*x)),
        )
    }
    behind_a_hop_a_filter_and_a_handler: |seen| {
        from_iter(0..50u64)
            .try_map(|x| if x % 7 == 3 { Err(Wrong(x)) } else { Ok(x) })
            .or_else(|wrong: Wrong| just(wrong.0 + 1_000))
            .then(on(A.clone()))
            .filter(odd)
            .broadcast(|x| just(x).then(on(B.clone())).for_each(seen[0]), |x| just(x).for_each(seen[1]))
    }
    arms_that_wait: |seen| {
        from_iter(0..30u64).broadcast(
            |x| just(x).and(later).for_each(seen[0]),
            |x| just(x).then(on(A.clone())).and(later).for_each(seen[1]),
        )
    }
    errors_that_an_arm_handles: |seen| {
        from_iter(0..30u64).broadcast(
            |x| just(x).try_map(|x| if x % 5 == 1 { Err(Wrong(x)) } else { Ok(x) }).or_else(|w: Wrong| just(w.0 + 500)).for_each(seen[0]),
            |x| just(x).then(on(A.clone())).for_each(seen[1]),
        )
    }
    one_inside_of_another: |seen| {
        from_iter(0..40u64).broadcast(
            |x| just(x).for_each(seen[0]),
            |x| just(x).then(on(A.clone())).map(|x| x + 1).broadcast(
                |x| just(x).then(on(B.clone())).for_each(seen[1]),
                |x| just(x).filter(odd).for_each(seen[2]),
            ),
        )
    }
    a_fork_inside: |seen| {
        from_iter(0..40u64).broadcast(
            |x| just(x).fork(|x| just(x).then(on(A.clone())).map(|x| x + 1), |x| just(x)).map(|(a, b)| a + b).for_each(seen[0]),
            |x| just(x).for_each(seen[1]),
        )
    }
    inside_of_an_arm_that_meets_others: |seen| {
        from_iter(0..40u64)
            .fork(
                |x| just(x).then(on(A.clone())).broadcast(|x| just(x).for_each(seen[0]), |x| just(x).for_each(seen[1])),
                |x| just(x).map(|x| x + 1),
            )
            .for_each(move |((), x)| seen[2](x))
    }
    inside_of_a_route: |seen| {
        from_iter(0..40u64).route(
            odd,
            |x| just(x).broadcast(|x| just(x).then(on(B.clone())).for_each(seen[0]), |x| just(x).for_each(seen[1])),
            |x| just(x).for_each(seen[2]),
        )
    }
    of_what_is_joined: |seen| {
        from_iter(0..40u64)
            .join(from_iter(5..30u64).then(on(A.clone())).map(|x| x * 2))
            .broadcast(|(x, _)| just(x).for_each(seen[0]), |(_, y)| just(y).then(on(B.clone())).for_each(seen[1]))
    }
    of_batches: |seen| {
        from_iter(0..11u64).batch::<4>().map(|batch| batch.iter().sum::<u64>())
            .broadcast(|x| just(x).for_each(seen[0]), |x| just(x).then(on(B.clone())).for_each(seen[1]))
    }
    of_an_end_that_an_arm_meets: |seen| {
        from_iter(0..20u64).broadcast(
            |x| just(x).for_each(seen[0]),
            |x| just(x).scan(10u64, |sum, x| { *sum += x; *sum }).for_each(seen[1]),
        )
    }
}

/// The pass that fails ends the graph, and keeps no other arm from its value.
#[test]
fn an_error_ends_the_graph_and_every_arm_sees_its_value() {
    let fails = |at| move |x: u64| if x == at { Err(Wrong(x)) } else { Ok(x) };
    for first_fails in [true, false] {
        let (one, two) = (Log::default(), Log::default());
        let (of_one, of_two) = (one.clone(), two.clone());
        let (first, second) =
            if first_fails { (fails(40), fails(u64::MAX)) } else { (fails(u64::MAX), fails(40)) };
        let graph = fuse! {
            from_iter(0u64..).broadcast(
                |x| just(x).then(on(A.clone())).inspect_value(move |x| of_one.note(*x)).try_map(first),
                |x| just(x).then(on(B.clone())).inspect_value(move |x| of_two.note(*x)).try_map(second),
            )
        };
        let error =
            Engine::on(cpu("home", fusewire::wait::Wait::Park)).run(graph).unwrap().join().unwrap_err();
        assert_eq!(error.downcast_ref::<Wrong>(), Some(&Wrong(40)));
        for log in [one.take(), two.take()] {
            assert!(log.len() > 40, "value 40 came to both arms");
            assert!(log.iter().copied().eq(0..log.len() as u64), "in order, and each once");
        }
    }
}

/// Behind an edge that may lose values a slow arm holds up nobody; what it misses is counted.
#[test]
fn a_slow_arm_behind_a_lossy_edge_stalls_no_other() {
    for wait in WAITS {
        let (fast, slow) = (Log::default(), Log::default());
        let (of_fast, of_slow) = (fast.clone(), slow.clone());
        let (go, gone) = (Arc::new(AtomicBool::new(false)), 20_000u64);
        let told = go.clone();
        let (a, b) = (cpu("fast", wait), cpu("slow", wait));
        let graph = fuse! {
            from_iter(0..gone).broadcast(
                |x| just(x).then(on(a)).for_each(move |x| of_fast.note(x)),
                |x| just(x).then(on(b).capacity(4).policy(Overflow::DropNewest)).for_each(move |x| {
                    while !told.load(Ordering::Acquire) {
                        thread::sleep(Duration::from_millis(1));
                    }
                    of_slow.note(x);
                }),
            )
        };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        until("the fast arm has seen all while the slow one stands", || fast.len() == 20_000);
        assert_eq!(slow.len(), 0);
        let topology = handle.inspect();
        go.store(true, Ordering::Release);
        let report = handle.join().unwrap();
        assert_eq!((report.started, report.completed), (gone, gone));
        assert!(fast.take().into_iter().eq(0..gone), "the fast arm missed nothing");
        let slow = slow.take();
        assert!(slow.is_sorted() && slow.first() == Some(&0), "{slow:?}");
        let dropped: u64 =
            topology.edges.iter().filter_map(|edge| Some(edge.counters.as_ref()?.dropped)).sum();
        assert_eq!(dropped + slow.len() as u64, gone, "what was not seen was counted");
    }
}

#[test]
fn a_drain_works_off_what_is_in_the_arms() {
    for wait in WAITS {
        let (one, two) = (Log::default(), Log::default());
        let (of_one, of_two) = (one.clone(), two.clone());
        let (a, b) = (cpu("a", wait), cpu("b", wait));
        let graph = fuse! {
            from_iter(0u64..).broadcast(
                |x| just(x).then(on(a)).for_each(move |x| of_one.note(x)),
                |x| just(x).then(on(b)).filter(odd).for_each(move |x| of_two.note(x)),
            )
        };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        until("some has come", || one.len() > 10 && two.len() > 10);
        handle.stop(Stop::Drain);
        let report = handle.join().unwrap();
        assert_eq!(report.started, report.completed);
        let (one, two) = (one.take(), two.take());
        assert!(one.iter().copied().eq(0..report.completed), "all that was begun came to the first arm");
        assert!(two.into_iter().eq((0..report.completed).filter(odd)), "and to the second");
    }
}

#[test]
fn abandoning_drops_what_is_in_the_arms() {
    let alive = Arc::new(());
    for wait in WAITS {
        let token = alive.clone();
        let (one, begun) = (Log::default(), Log::default());
        let (of_one, noted) = (one.clone(), begun.clone());
        let (a, b) = (cpu("a", wait), cpu("b", wait));
        let graph = fuse! {
            from_iter(0u64..).inspect_value(move |x| noted.note(*x)).map(move |x| (x, token.clone())).broadcast(
                |x| just(x).then(on(a)).for_each(move |(x, _)| of_one.note(x)),
                |x| just(x).then(on(b)).for_each(drop),
            )
        };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        until("some has come", || one.len() > 10);
        handle.stop(Stop::Abandon);
        let report = handle.join().unwrap();
        assert_eq!(begun.len() as u64, report.started);
        let came = one.take();
        // A pass has completed once the edge of each arm has been given its value.
        assert!(
            came.len() as u64 <= report.completed && report.completed <= begun.len() as u64,
            "{report:?}"
        );
        assert!(came.into_iter().enumerate().all(|(at, x)| at as u64 == x), "what came, came in order");
        assert_eq!(Arc::strong_count(&alive), 1, "nothing of the graph is left");
    }
}

#[test]
fn it_is_drawn_with_its_arms_and_no_place_where_they_meet() {
    let graph = fuse! {
        from_iter(0..9u64).broadcast(
            |x| just(x).then(on(A.clone())).for_each(drop),
            |x| just(x).then(on(B.clone()).policy(Overflow::DropNewest)).for_each(drop),
        )
    };
    let topology = graph.inspect();
    let text = topology.to_string();
    assert!(text.contains("broadcast") && text.contains("drop-newest"), "{text}");
    assert!(!text.contains("join"), "{text}");
    assert_eq!((topology.lanes.len(), topology.edges.len()), (3, 2), "{text}");
    for drawn in [topology.dot(), topology.mermaid(), topology.json(), topology.svg()] {
        assert!(drawn.contains("broadcast"), "{drawn}");
    }
}

fn waits(x: u64) -> impl Sender<Value = u64, Error = Never> {
    after(Duration::from_millis(1)).map(move |()| x)
}

fn fails(x: u64) -> impl Sender<Value = u64, Error = Wrong> {
    just(x).try_map(|x| if x == 1 { Err(Wrong(x)) } else { Ok(x) })
}

fn stops(_: u64) -> impl Sender<Value = u64, Error = Never> {
    just_stopped()
}

/// An arm that is under way is not given up because another one has failed.
#[test]
fn an_arm_under_way_goes_on_to_its_end() {
    static SEEN: Mutex<u64> = Mutex::new(0);
    fn see(x: u64) {
        *SEEN.lock().unwrap() += x;
    }
    macro_rules! seen {
        ($form:ident, $($arms:tt)*) => {{
            *SEEN.lock().unwrap() = 0;
            let graph = $form! { from_iter([1u64]).broadcast($($arms)*) };
            let error = Engine::on(cpu("home", WAITS[0])).run(graph).unwrap().join().unwrap_err();
            assert!(error.to_string().contains("1 is wrong"), "{error}");
            *SEEN.lock().unwrap()
        }};
    }
    macro_rules! both_ways {
        ($form:ident) => {
            [
                seen!($form, |x| just(x).and(waits).for_each(see), |x| just(x).and(fails).for_each(drop)),
                seen!($form, |x| just(x).and(fails).for_each(drop), |x| just(x).and(waits).for_each(see)),
            ]
        };
    }
    assert_eq!(both_ways!(plain), [1, 1]);
    assert_eq!(both_ways!(fuse), [1, 1]);
}

/// However many arms find that a pass is the last, it is taken off once.
#[test]
fn arms_that_end_the_graph_are_counted_once() {
    let graph = fuse! { from_iter([1u64]).broadcast(|x| just(x).and(stops).for_each(drop), |x| just(x).and(stops).for_each(drop)) };
    let report = Engine::new().run(graph).unwrap().join().unwrap();
    assert_eq!((report.started, report.completed), (0, 0), "in one lane");
    for _ in 0..20 {
        let (a, b) = (cpu("a", WAITS[0]), cpu("b", WAITS[0]));
        let graph = fuse! {
            from_iter([1u64]).broadcast(|x| just(x).then(on(a)).and(stops).for_each(drop), |x| just(x).then(on(b)).and(stops).for_each(drop))
        };
        let report = Engine::new().run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (1, 1), "it completed where its arms begin");
    }
}
