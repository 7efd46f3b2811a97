//! Ends of a pool with work under way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use fusewire::conformance::task;
use fusewire::context::Scheduler;
use fusewire::context::pool::Pool;
use fusewire::control::RunError;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::work::Fate;

use crate::{LONG, STRATEGIES, pool};

#[test]
fn what_is_posted_before_the_last_handle_goes_is_run() {
    for _ in 0..200 {
        let (done, there) = mpsc::channel();
        let pool = pool(2);
        for _ in 0..10 {
            let done = done.clone();
            pool.context().post(task(move |fate| {
                let _ = done.send(fate);
            }));
        }
        drop(pool);
        assert_eq!(there.try_iter().collect::<Vec<_>>(), [Fate::Run; 10]);
    }
}

#[test]
fn the_end_abandons_what_runs_and_nobody_hangs() {
    for wait in STRATEGIES {
        let pool = Pool::builder().workers(2).wait(wait).build().unwrap();
        let strand = pool.strand();
        let graph = Engine::on(strand.clone()).run(never::<()>()).unwrap();
        let endless = Engine::on(pool.clone()).run(from_iter(0_u64..).for_each(|_| ())).unwrap();
        pool.end();
        assert!(matches!(graph.join(), Err(RunError::ContextEnded)), "{wait:?}");
        assert!(matches!(endless.join(), Err(RunError::ContextEnded)), "{wait:?}");
        let (done, there) = mpsc::channel();
        strand.context().post(task(move |fate| {
            let _ = done.send(fate);
        }));
        assert_eq!(there.try_recv(), Ok(Fate::Abandoned));
        // What nobody is left for is done by who asks.
        let asks = std::thread::current().id();
        assert_eq!(pool.install(|| std::thread::current().id()), asks);
        assert_eq!(pool.join(|| 1, || 2), (1, 2));
    }
}

/// Both of two who end a pool at once go on when its threads have ended, not one of them before.
#[test]
fn whoever_ends_a_pool_waits_for_its_threads() {
    let pool = pool(1);
    let (begun, there) = mpsc::channel();
    let released = Arc::new(AtomicBool::new(false));
    let holds = Arc::clone(&released);
    pool.context().post(task(move |_| {
        begun.send(()).unwrap();
        while !holds.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
    }));
    there.recv_timeout(LONG).expect("the task runs");
    let enders = [(); 2].map(|()| {
        let (pool, released) = (pool.clone(), Arc::clone(&released));
        std::thread::spawn(move || {
            pool.end();
            released.load(Ordering::SeqCst)
        })
    });
    // Time in which one of them could go on too early.
    std::thread::sleep(Duration::from_millis(100));
    released.store(true, Ordering::SeqCst);
    assert_eq!(enders.map(|ender| ender.join().unwrap()), [true, true]);
}

#[test]
fn a_graph_keeps_the_threads_after_the_last_handle() {
    let (done, there) = mpsc::channel();
    let pool = pool(2);
    let graph = Engine::on(pool)
        .run(every(Duration::from_millis(1)).take(20).for_each(move |_| {
            let _ = done.send(());
        }))
        .unwrap();
    for _ in 0..20 {
        there.recv_timeout(LONG).expect("the graph runs on");
    }
    assert_eq!(graph.join().unwrap().completed, 20);
}

#[test]
fn a_pool_may_end_on_one_of_its_threads() {
    let (done, there) = mpsc::channel();
    let pool = pool(2);
    let own = pool.clone();
    pool.context().post(task(move |_| {
        own.end();
        drop(own);
        done.send(()).unwrap();
    }));
    there.recv_timeout(LONG).expect("it does not wait for itself");
    drop(pool);
}
