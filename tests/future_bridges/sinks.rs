//! Sinks as consumers.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use fusewire::engine::Engine;
use fusewire::future::into_sink;
use fusewire::prelude::*;
use futures_sink::Sink;

#[derive(Default)]
struct Log {
    taken: Vec<u32>,
    flushed: usize,
    // Every other question is answered later.
    later: bool,
}

/// Refuses the value 13.
#[derive(Clone, Default)]
struct Logging(Arc<Mutex<Log>>);

impl Logging {
    fn ask(&self, cx: &mut Context<'_>) -> Poll<Result<(), std::fmt::Error>> {
        let mut log = self.0.lock().unwrap();
        log.later = !log.later;
        if log.later {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl Sink<u32> for Logging {
    type Error = std::fmt::Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), std::fmt::Error>> {
        self.ask(cx)
    }

    fn start_send(self: Pin<&mut Self>, item: u32) -> Result<(), std::fmt::Error> {
        if item == 13 {
            return Err(std::fmt::Error);
        }
        self.0.lock().unwrap().taken.push(item);
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), std::fmt::Error>> {
        let ready = self.ask(cx);
        if ready.is_ready() {
            let mut log = self.0.lock().unwrap();
            log.flushed = log.taken.len();
        }
        ready
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), std::fmt::Error>> {
        self.poll_flush(cx)
    }
}

#[test]
fn each_value_is_taken_and_flushed_in_order() {
    for fused in [false, true] {
        let sink = Logging::default();
        let handle = if fused {
            Engine::new().run(fuse! { from_iter(100..200u32).and(into_sink(sink.clone())) })
        } else {
            Engine::new().run(from_iter(100..200u32).and(into_sink(sink.clone())))
        };
        assert_eq!(handle.unwrap().join().unwrap().completed, 100);
        let log = sink.0.lock().unwrap();
        assert_eq!(log.taken, (100..200).collect::<Vec<_>>());
        assert_eq!(log.flushed, 100);
    }
}

#[test]
fn its_error_is_the_graphs() {
    let sink = Logging::default();
    let error =
        Engine::new().run(from_iter(10..20u32).and(into_sink(sink.clone()))).unwrap().join().unwrap_err();
    assert!(error.downcast_ref::<std::fmt::Error>().is_some());
    assert_eq!(sink.0.lock().unwrap().taken, [10, 11, 12]);
}

/// Has room for one value, which another thread takes out, and knows the waker of whoever asked last.
#[derive(Clone, Default)]
struct OneWaker(Arc<Mutex<(Option<u32>, Option<Waker>)>>);

impl OneWaker {
    fn is_empty(&self, cx: &mut Context<'_>) -> Poll<Result<(), Never>> {
        let mut inside = self.0.lock().unwrap();
        if inside.0.is_none() {
            return Poll::Ready(Ok(()));
        }
        inside.1 = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Takes so many values out.
    fn taken(&self, count: usize) -> Vec<u32> {
        let mut taken = Vec::new();
        while taken.len() < count {
            let (value, waker) = {
                let mut inside = self.0.lock().unwrap();
                (inside.0.take(), inside.1.take())
            };
            taken.extend(value);
            if let Some(waker) = waker {
                waker.wake();
            }
            std::thread::sleep(Duration::from_micros(20));
        }
        taken
    }
}

impl Sink<u32> for OneWaker {
    type Error = Never;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Never>> {
        self.is_empty(cx)
    }

    fn start_send(self: Pin<&mut Self>, item: u32) -> Result<(), Never> {
        assert!(self.0.lock().unwrap().0.replace(item).is_none(), "it was asked before");
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Never>> {
        self.is_empty(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Never>> {
        self.is_empty(cx)
    }
}

#[test]
fn two_that_wait_for_one_sink_are_both_woken() {
    const N: u32 = 300;
    let sink = OneWaker::default();
    let taker = sink.clone();
    let taker = std::thread::spawn(move || taker.taken(2 * N as usize));
    let (mut one, mut other) = {
        let stage = into_sink(sink);
        (stage.clone(), stage)
    };
    let graph = from_iter(0..N).and(move |n| join(one(n), other(n)).map(drop));
    assert_eq!(Engine::new().run(graph).unwrap().join().unwrap().completed, u64::from(N));
    assert_eq!(taker.join().unwrap(), (0..2 * N).map(|n| n / 2).collect::<Vec<_>>());
}
