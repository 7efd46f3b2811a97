//! `block_on` and the context of its thread.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::completion::StopReason;
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::context::{Scheduler, current, enter};
use fusewire::prelude::*;

use crate::script::{Failure, error, stopped, value};

#[test]
fn gives_each_kind_of_completion() {
    assert_eq!(block_on(just(1)), value::<_, Never>(1));
    assert_eq!(block_on(just_error::<(), _>(Failure(1))), error(1));
    assert_eq!(block_on(just_stopped::<()>()), stopped::<_, Never>(StopReason::Ended));
}

#[test]
fn results_go_with_the_question_mark() {
    fn parse(text: &'static str) -> Result<i32, Box<dyn std::error::Error>> {
        Ok(block_on(just(text).try_map(str::parse::<i32>)).into_result()?)
    }
    assert_eq!(parse("42").unwrap(), 42);
    assert_eq!(parse("x").unwrap_err().to_string(), "invalid digit found in string");
    let stopped = block_on(just(1).filter(|_| false)).into_result();
    assert_eq!(stopped, Err(NoValue::Stopped(StopReason::Filtered)));
    assert_eq!(stopped.unwrap_err().to_string(), "the pass was filtered out");
}

/// A flag that another thread raises and that nobody tells the waiting thread about.
#[test]
fn asks_what_nobody_tells_it() {
    let flag = Arc::new(AtomicU32::new(0));
    let raise = Arc::clone(&flag);
    let raiser = thread::spawn(move || {
        thread::sleep(Duration::from_millis(5));
        raise.store(7, Ordering::Relaxed);
    });
    let polled = poll_fn(move || match flag.load(Ordering::Relaxed) {
        0 => Taken::<_, Never>::Empty,
        n => Taken::Value(n),
    });
    assert_eq!(block_on(polled), value(7));
    raiser.join().unwrap();
}

/// Waiting is parking: a pass that takes a second elsewhere costs this thread next to nothing.
#[test]
fn parks_while_it_waits() {
    let compute = Cpu::builder().build().unwrap();
    let slow = just(()).then(on(compute)).map(|()| thread::sleep(Duration::from_millis(300)));
    let before = cpu_time();
    assert_eq!(block_on(slow), value::<_, Never>(()));
    let spent = cpu_time() - before;
    assert!(spent < Duration::from_millis(100), "spent {spent:?} on waiting 300 ms");
}

/// The processor time of the calling thread.
fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a local that is large enough.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "every Linux has this clock");
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

#[test]
fn the_calling_thread_is_a_context_meanwhile() {
    let outside = Manual::new();
    // SAFETY: only this thread turns it.
    let _entered = unsafe { enter(outside.context().clone()) };
    let here = || current().map(|here| (here.id(), here.kind(), here.is_here()));
    let compute = Cpu::builder().build().unwrap();
    let seen = just(()).map(|()| here()).then(on(compute.clone())).map(|inside| (inside, here()));
    let (inside, there) = block_on(seen).value().unwrap();
    let (id, kind, is_here) = inside.expect("there is a context inside");
    assert_eq!((kind, is_here), ("block_on", true));
    assert_ne!(id, outside.context().id());
    assert_eq!(there.map(|(id, ..)| id), Some(compute.context().id()));
    assert_eq!(current().map(|here| here.id()), Some(outside.context().id()), "and what it was afterwards");
}

/// A pass may come back to the thread that waits for it.
#[test]
fn a_pass_comes_back_to_the_waiting_thread() {
    #[derive(Debug, Clone)]
    struct Caller(fusewire::context::ContextRef);
    impl Scheduler for Caller {
        type Runs = fusewire::context::MayBlock;
        fn context(&self) -> &fusewire::context::ContextRef {
            &self.0
        }
    }
    let compute = Cpu::builder().build().unwrap();
    let caller = thread::current().id();
    let graph = just(()).and(|()| {
        let back = Caller(current().expect("block_on has a context"));
        just(())
            .then(on(compute.clone()))
            .map(|()| thread::current().id())
            .then(on(back))
            .map(|there| (there, thread::current().id()))
    });
    let (there, back) = block_on(graph).value().unwrap();
    assert_ne!(there, caller);
    assert_eq!(back, caller);
}

#[test]
fn nests() {
    let compute = Cpu::builder().build().unwrap();
    let inner = compute.clone();
    let graph = just(20).map(move |n| block_on(just(n + 1).then(on(inner.clone()))).value().unwrap());
    let graph = graph.join(just(2).then(on(compute))).map(|(a, b)| a * b);
    assert_eq!(block_on(graph), value::<_, Never>(42));
}

/// Several threads wait for passes on one context.
#[test]
fn from_many_threads() {
    let compute = Cpu::builder().build().unwrap();
    let barrier = Barrier::new(4);
    thread::scope(|scope| {
        for thread in 0..4_u64 {
            let (compute, barrier) = (compute.clone(), &barrier);
            scope.spawn(move || {
                barrier.wait();
                let graph = from_iter(0_u64..).then(on(compute)).map(|n| n + thread);
                assert_eq!(block_on(graph.repeat(1000)), value::<_, Never>(999 + thread));
            });
        }
    });
}

/// The thread's own token of `thread::park` is left alone.
#[test]
fn leaves_the_parking_token_alone() {
    let compute = Cpu::builder().build().unwrap();
    let slow = just(()).then(on(compute.clone())).map(|()| thread::sleep(Duration::from_millis(20)));
    thread::current().unpark();
    let _ = block_on(slow);
    let before = Instant::now();
    thread::park_timeout(Duration::from_secs(20));
    assert!(before.elapsed() < Duration::from_secs(10), "the token must still be there");
}

/// Values that are not `Send` may live between two stages.
#[test]
fn a_value_between_two_stages_need_not_be_send() {
    let graph = just(6).map(|n| std::rc::Rc::new(Cell::new(n))).map(|cell| cell.get() * 7);
    assert_eq!(block_on(graph), value::<_, Never>(42));
}

/// Waits for the time alone, and counts how often it is asked.
struct Alarm {
    asked: std::sync::Arc<std::sync::atomic::AtomicU32>,
    due: std::time::Instant,
    timer: fusewire::context::timer::Timer,
}

impl Source for Alarm {
    type Value = ();
    type Error = Never;

    fn take(&mut self) -> Taken<(), Never> {
        self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if std::time::Instant::now() < self.due { Taken::Empty } else { Taken::Value(()) }
    }

    unsafe fn timer(&mut self) -> Option<&mut fusewire::context::timer::Timer> {
        Some(&mut self.timer)
    }

    fn deadline(&self) -> Option<std::time::Instant> {
        Some(self.due)
    }
}

#[test]
fn what_waits_for_the_time_alone_is_not_asked_in_between() {
    let asked = std::sync::Arc::<std::sync::atomic::AtomicU32>::default();
    let alarm = Alarm {
        asked: asked.clone(),
        due: std::time::Instant::now() + Duration::from_millis(60),
        // SAFETY: it is a field of the alarm, which `timer` gives, and nobody else touches.
        timer: unsafe { fusewire::context::timer::Timer::new() },
    };
    // The one beside it is asked again and again meanwhile.
    let mut turns = 0;
    let busy = poll_fn(move || {
        turns += 1;
        if turns < 20 { Taken::<(), Never>::Empty } else { Taken::Value(()) }
    });
    assert_eq!(block_on(join(source(alarm), busy)), Completion::Value(((), ())));
    assert_eq!(asked.load(std::sync::atomic::Ordering::Relaxed), 2, "at its start, and when it is due");
}

#[test]
fn timeouts_and_back_off_need_no_other_context() {
    use fusewire::adaptors::{Backoff, Elapsed};
    let limit = Duration::from_millis(5);
    assert_eq!(block_on(never::<()>().timeout(limit)), Completion::Error(Elapsed));
    let mut attempt = 0;
    let third = just(()).try_map(move |()| {
        attempt += 1;
        if attempt < 3 { Err(Failure(attempt)) } else { Ok(attempt) }
    });
    let waited = std::time::Instant::now();
    assert_eq!(block_on(third.retry_when(Backoff::new(limit))), Completion::Value(3));
    assert!(waited.elapsed() >= limit, "two pauses");
    assert_eq!(
        block_on(never::<()>().timeout(limit).into_result().repeat(2)),
        Completion::Value(Err(Elapsed))
    );
}

#[test]
fn a_stop_from_another_thread_ends_a_wait_for_the_time() {
    let stop = fusewire::stop::StopSource::new();
    let token = stop.token();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(5));
        stop.request_stop();
    });
    let hour = Duration::from_secs(3600);
    assert_eq!(block_on(after(hour).with_stop(token)), Completion::Stopped(StopReason::Requested));
    stopper.join().unwrap();
}

/// What an operation left behind that was dropped between two passes goes with its thread.
#[test]
fn what_is_left_goes_with_the_thread() {
    let held = std::sync::Arc::new(());
    let holds = held.clone();
    std::thread::spawn(move || {
        let waits = after(Duration::from_secs(3600)).map(move |()| {
            let _ = &holds;
            7
        });
        assert_eq!(block_on(merge(waits, poll_fn(later_once()))), Completion::Value(1));
    })
    .join()
    .unwrap();
    assert_eq!(std::sync::Arc::strong_count(&held), 1);
}

fn later_once() -> impl FnMut() -> Taken<i32, Never> + Send + 'static {
    let mut asked = false;
    move || if std::mem::replace(&mut asked, true) { Taken::Value(1) } else { Taken::Empty }
}
