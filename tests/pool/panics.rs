//! A panic goes on where its fork was joined, with its payload, stage and place.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use fusewire::context::cpu::Cpu;
use fusewire::context::pool::join;
use fusewire::control::RunError;
use fusewire::engine::Engine;
use fusewire::prelude::*;

use crate::{fib, pool};

/// The message of a panic that `work` ends in.
fn panicking(work: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(work)).expect_err("it panics");
    match payload.downcast::<Mine>() {
        Ok(mine) => mine.0.to_owned(),
        Err(_) => panic!("the payload is another"),
    }
}

/// A payload that is no text goes on as it is.
struct Mine(&'static str);

fn throw(message: &'static str) {
    // Without the panic hook, so that nothing is printed.
    std::panic::resume_unwind(Box::new(Mine(message)));
}

#[test]
fn a_panic_goes_on_where_the_fork_was_joined() {
    let pool = pool(2);
    for _ in 0..200 {
        let meet = Barrier::new(2);
        // The second half is stolen for sure.
        let stolen = panicking(|| {
            pool.join(
                || {
                    meet.wait();
                },
                || {
                    meet.wait();
                    throw("second");
                },
            );
        });
        assert_eq!(stolen, "second");
        let meet = Barrier::new(2);
        let done = AtomicBool::new(false);
        // The first half panics while the second, which borrows from this frame, still runs.
        let first = panicking(|| {
            pool.join(
                || {
                    meet.wait();
                    throw("first");
                },
                || {
                    meet.wait();
                    std::thread::yield_now();
                    done.store(true, Ordering::SeqCst);
                },
            );
        });
        assert_eq!(first, "first");
        assert!(done.load(Ordering::SeqCst), "the frame was left before what borrows from it was over");
        assert_eq!(
            panicking(|| {
                pool.join(|| throw("a"), || throw("b"));
            }),
            "a"
        );
    }
    assert_eq!(pool.install(|| fib(10)), 55, "it works on");
}

#[test]
fn what_is_not_run_is_dropped_once() {
    let (pool, count) = (pool(1), Arc::new(()));
    for _ in 0..10 {
        let (held, made) = (Arc::clone(&count), Arc::clone(&count));
        let message = panicking(|| {
            // With one worker nobody takes the second half, and the panic of the first gives it up.
            pool.join(
                || {
                    let _made = made;
                    throw("first");
                },
                move || drop(held),
            );
        });
        assert_eq!(message, "first");
    }
    assert_eq!(Arc::strong_count(&count), 1);
}

#[test]
fn a_panic_on_a_thief_has_its_stage_and_place() {
    fn halves(n: u32) -> u32 {
        let meet = Barrier::new(2);
        join(
            || {
                meet.wait();
            },
            || {
                meet.wait();
                assert!(n < 3, "three is too many");
            },
        );
        n
    }
    let pool = pool(2);
    let graph = fuse! { from_iter(0..10_u32).then(on(pool.clone())).map(halves).for_each(|_| ()) };
    let error = Engine::on(Cpu::builder().build().unwrap()).run(graph).unwrap().join().unwrap_err();
    let RunError::Panicked(report) = error else { panic!("{error}") };
    assert_eq!(report.message, "three is too many");
    assert!(report.stage.as_deref().is_some_and(|stage| stage.contains("halves")), "{report:?}");
    assert!(report.file == file!() && report.line > 0, "{report:?}");
}

/// While a fork unwinds its worker runs what others have forked, which may panic as well: the report of the first is whole.
#[test]
fn a_panic_keeps_its_chain_while_others_panic_on_its_worker() {
    fn reckless(n: u32) -> u32 {
        assert!(n < 3, "three is too many");
        n
    }
    fn forks(n: u32) -> u32 {
        let (meet, over) = (Barrier::new(2), Barrier::new(2));
        let (n, _) = join(
            || {
                meet.wait();
                block_on(fuse! { just(n).map(|n| n).map(reckless) }).into_result().unwrap()
            },
            // Taken by the other worker, which then forks what only the first is left to take.
            || {
                meet.wait();
                if n == 3 {
                    let other = catch_unwind(AssertUnwindSafe(|| {
                        join(
                            || over.wait(),
                            || {
                                over.wait();
                                panic!("another one");
                            },
                        )
                    }));
                    assert!(other.is_err(), "it goes on where it was forked");
                }
            },
        );
        n
    }
    let pool = pool(2);
    let graph = fuse! { from_iter(3..4_u32).then(on(pool.clone())).map(forks).for_each(|_| ()) };
    let error = Engine::on(Cpu::builder().build().unwrap()).run(graph).unwrap().join().unwrap_err();
    let RunError::Panicked(report) = error else { panic!("{error}") };
    assert_eq!(report.message, "three is too many");
    assert_eq!(report.stage.as_deref(), Some("reckless"));
    let chain: Vec<_> = report.chain.iter().map(|frame| frame.stage).collect();
    assert_eq!(chain.last(), Some(&"reckless"), "{report:?}");
}
