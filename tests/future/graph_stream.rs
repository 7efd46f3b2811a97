//! Running graphs that are awaited, and whose output is a stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::engine::Engine;
use fusewire::future::into_stream;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use crate::harness::{Alive, next, poll, until, wait};

#[test]
fn the_end_of_a_graph_is_awaited() {
    let report = wait(
        Engine::new().run(fuse! { from_iter(0..1000u32).filter(|n| n % 2 == 0) }).unwrap().into_future(),
    );
    assert_eq!(report.unwrap().completed, 500);
    let failed = Engine::new().run(from_iter(["1", "x"]).try_map(|text| text.parse::<u8>())).unwrap();
    assert!(matches!(wait(failed.into_future()), Err(RunError::Failed { .. })));
    let waits = Engine::new().run(poll_fn(|| Taken::<(), Never>::Empty)).unwrap();
    let stopper = waits.stopper();
    let mut joined = waits.into_future();
    assert!(poll(&mut joined, &Arc::default()).is_pending());
    let thread = std::thread::spawn(move || wait(joined));
    stopper.stop(Stop::Abandon);
    thread.join().unwrap().unwrap();
}

#[test]
fn values_come_in_order_with_more_of_them_than_the_edge_holds() {
    const N: u64 = 5_000;
    for strategy in [Wait::Park, Wait::spin_then_yield()] {
        for capacity in [1, 8] {
            let compute = Cpu::builder().wait(strategy).build().unwrap();
            let mut fused = into_stream(&Engine::new(), capacity, |out| {
                fuse! { from_iter(0..N).then(on(compute)).map(|n| n * 3).and(move |n| out.push(n)) }
            })
            .unwrap();
            let mut plain = from_iter(0..N).map(|n| n * 3).into_stream(&Engine::new(), capacity).unwrap();
            wait(async {
                for n in 0..N {
                    assert_eq!(next(&mut fused).await.unwrap().unwrap(), n * 3);
                    assert_eq!(next(&mut plain).await.unwrap().unwrap(), n * 3);
                }
                assert!(next(&mut fused).await.is_none() && next(&mut plain).await.is_none());
                assert!(next(&mut fused).await.is_none(), "it stays ended");
            });
        }
    }
}

#[test]
fn whoever_polls_slows_the_source_down() {
    let made = Arc::new(AtomicU64::new(0));
    let makes = Arc::clone(&made);
    let mut stream =
        from_fn(move || Some(makes.fetch_add(1, Ordering::SeqCst))).into_stream(&Engine::new(), 4).unwrap();
    until("the edge is full", || made.load(Ordering::SeqCst) >= 5);
    std::thread::sleep(std::time::Duration::from_millis(20));
    assert_eq!(made.load(Ordering::SeqCst), 5, "four in the edge, one that waits");
    assert_eq!(wait(next(&mut stream)).unwrap().unwrap(), 0);
    until("there is room for one more", || made.load(Ordering::SeqCst) == 6);
}

#[test]
fn an_error_is_the_last_item() {
    let graph = from_iter(["1", "2", "x", "4"]).try_map(|text| text.parse::<u8>());
    let mut stream = graph.into_stream(&Engine::new(), 8).unwrap();
    wait(async {
        assert_eq!(next(&mut stream).await.unwrap().unwrap(), 1);
        assert_eq!(next(&mut stream).await.unwrap().unwrap(), 2);
        let error = next(&mut stream).await.unwrap().unwrap_err();
        assert!(error.to_string().contains("invalid digit"), "{error}");
        assert!(next(&mut stream).await.is_none());
    });
}

#[test]
fn dropping_the_stream_ends_a_graph_that_waits_for_room() {
    for fused in [false, true] {
        let alive = Alive::default();
        let lives = alive.clone();
        let source = move || Some(lives.one());
        let engine = Engine::new();
        let mut stream = if fused {
            into_stream(&engine, 2, |out| fuse! { from_fn(source).and(move |living| out.push(living)) })
                .unwrap()
        } else {
            from_fn(source).into_stream(&engine, 2).unwrap()
        };
        drop(wait(next(&mut stream)));
        until("the lane waits for room", || alive.count() == 3);
        drop(stream);
        assert_eq!(alive.count(), 0);
    }
}

#[test]
fn two_that_wait_for_room_are_both_woken() {
    const N: u64 = 500;
    for capacity in [1, 2] {
        let mut stream = into_stream(&Engine::new(), capacity, |out| {
            from_iter(0..N).and(move |n| join(out.push(n), out.push(n)).map(drop))
        })
        .unwrap();
        wait(async {
            for n in 0..2 * N {
                assert_eq!(next(&mut stream).await.unwrap().unwrap(), n / 2);
            }
            assert!(next(&mut stream).await.is_none());
        });
    }
}
