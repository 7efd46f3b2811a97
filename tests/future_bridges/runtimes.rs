//! Senders and graphs inside of tokio.

use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::control::RunError;
use fusewire::engine::Engine;
use fusewire::future::into_stream;
use fusewire::future::tokio::context;
use fusewire::prelude::*;
use tokio::time::{sleep, timeout};

use crate::runtimes;

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn senders_are_awaited_between_other_tasks() {
    for runtime in runtimes() {
        let compute = Cpu::builder().build().unwrap();
        let tasks: Vec<_> = (0..50u64)
            .map(|n| {
                let compute = compute.clone();
                runtime.spawn(async move {
                    let mut sum = 0;
                    for i in 0..20 {
                        sum += just(n).then(on(&compute)).map(move |n| n + i).await.value().unwrap();
                    }
                    sum
                })
            })
            .collect();
        for (n, task) in (0..).zip(tasks) {
            assert_eq!(runtime.block_on(task).unwrap(), 20 * n + 190);
        }
    }
}

#[test]
fn deadlines_are_the_runtimes() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let began = Instant::now();
            assert_eq!(after(Duration::from_millis(30)).await, Completion::Value(()));
            assert!(began.elapsed() >= Duration::from_millis(30));
        });
    }
}

#[test]
fn a_select_that_drops_the_sender_goes_on() {
    for runtime in runtimes() {
        let compute = Cpu::builder().build().unwrap();
        runtime.block_on(async {
            for _ in 0..200 {
                let never = just(()).then(on(&compute)).and(|()| from_future(std::future::pending::<()>()));
                assert!(timeout(Duration::from_micros(50), never.future()).await.is_err());
            }
            assert_eq!(just(1).then(on(&compute)).await, Completion::Value(1));
        });
    }
}

#[test]
fn tokios_timers_and_channels_are_awaited_in_stages() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let here = context("here").unwrap();
            let compute = Cpu::builder().build().unwrap();
            let (sent, mut received) = tokio::sync::mpsc::channel(4);
            let back = here.clone();
            let graph = fuse! {
                from_iter(0..100u64)
                    .then(on(compute))
                    .map(|n| n * n)
                    .then(on(back))
                    .and(move |n| {
                        let sent = sent.clone();
                        from_future(async move {
                            if n % 10 == 0 {
                                sleep(Duration::from_millis(1)).await;
                            }
                            sent.send(n).await
                        })
                    })
                    .try_map(|sent| sent)
            };
            let handle = Engine::on(here).run(graph).unwrap();
            for n in 0..100 {
                assert_eq!(timeout(LIMIT, received.recv()).await.unwrap(), Some(n * n));
            }
            assert_eq!(timeout(LIMIT, handle.into_future()).await.unwrap().unwrap().completed, 100);
        });
    }
}

#[test]
fn a_graph_stream_is_polled_in_a_task() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let here = context("here").unwrap();
            let mut stream = into_stream(&Engine::on(here), 2, |out| {
                fuse! { from_iter(0..1000u64).and(move |n| out.push(n)) }
            })
            .unwrap();
            for n in 0..1000 {
                let item = std::future::poll_fn(|cx| {
                    futures_core::Stream::poll_next(std::pin::Pin::new(&mut stream), cx)
                });
                assert_eq!(timeout(LIMIT, item).await.unwrap().unwrap().unwrap(), n);
            }
            // In the runtime's own thread, with the graph on the same: it must not wait for itself.
            drop(stream);
        });
    }
}

#[test]
fn handles_may_be_joined_and_dropped_on_the_runtimes_thread() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let here = context("here").unwrap();
            let engine = Engine::on(here);
            assert_eq!(engine.run(from_iter(0..100)).unwrap().join().unwrap().completed, 100);
            drop(engine.run(from_fn(|| Some(1))).unwrap());
        });
    }
}

#[test]
fn a_runtime_that_shuts_down_ends_its_graphs() {
    for runtime in runtimes() {
        let handle = runtime.block_on(async {
            let engine = Engine::on(context("here").unwrap());
            engine.run(poll_fn(|| Taken::<(), Never>::Empty)).unwrap()
        });
        drop(runtime);
        assert!(matches!(handle.join(), Err(RunError::ContextEnded)));
    }
}

#[test]
fn outside_of_a_runtime_there_is_no_context() {
    assert!(context("nowhere").is_err());
}
