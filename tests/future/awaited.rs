//! Senders that are awaited: every completion, inline and later, with and without a hop.

use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::context::current;
use fusewire::prelude::*;

use crate::harness::{Told, Wakes, Yields, poll, wait};

fn compute() -> Cpu {
    Cpu::builder().name("compute").build().unwrap()
}

#[derive(Debug, PartialEq, Eq, Clone)]
struct Refused(u32);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused {}", self.0)
    }
}

impl std::error::Error for Refused {}

/// Something that is there at the second question.
fn second<T: Send + Clone>(value: T) -> impl Sender<Value = T, Error = Never> {
    let mut asked = 0;
    poll_fn(move || {
        asked += 1;
        if asked < 2 { Taken::Empty } else { Taken::Value(value.clone()) }
    })
}

#[test]
fn every_completion_arrives_inline() {
    wait(async {
        assert_eq!(just(6).map(|n| n * 7).await, Completion::Value(42));
        assert_eq!(just_error::<(), _>(Refused(1)).await, Completion::Error(Refused(1)));
        assert_eq!(just_stopped::<()>().await, block_on(just_stopped::<()>()));
        assert_eq!(just(6).filter(|n| n % 2 == 1).await, Completion::Stopped(StopReason::Filtered));
        let parsed = just("x").try_map(|text| text.parse::<u32>().map_err(|_| Refused(2)));
        assert_eq!(parsed.await, Completion::Error(Refused(2)));
        assert_eq!(fuse! { just(6).map(|n| n * 7) }.await, Completion::Value(42));
    });
}

#[test]
fn every_completion_arrives_later() {
    wait(async {
        assert_eq!(second(6).future().await, Completion::Value(6));
        let failed = second(6).try_map(|n| Err::<u32, _>(Refused(n)));
        assert_eq!(failed.await, Completion::Error(Refused(6)));
        assert_eq!(second(6).filter(|n| n % 2 == 1).await, Completion::Stopped(StopReason::Filtered));
        assert_eq!(fuse! { second(6).map(|n| n * 7) }.await, Completion::Value(42));
        assert_eq!(second(6).and(second).map(|n| n + 1).await, Completion::Value(7));
    });
}

#[test]
fn a_pass_hops_away_and_comes_back_as_plain_and_as_a_machine() {
    let compute = compute();
    let name = || std::thread::current().name().map(str::to_owned);
    wait(async {
        let plain = just(()).then(on(&compute)).map(move |()| name());
        assert_eq!(plain.await, Completion::Value(Some("compute".to_owned())));
        let there = compute.clone();
        let fused = fuse! { just(()).then(on(there)).map(move |()| name()) };
        assert_eq!(fused.await, Completion::Value(Some("compute".to_owned())));
        let failed = just(3).then(on(&compute)).try_map(|n| Err::<(), _>(Refused(n)));
        assert_eq!(failed.await, Completion::Error(Refused(3)));
        let stopped = just(3).then(on(&compute)).filter(|_| false);
        assert_eq!(stopped.await, Completion::Stopped(StopReason::Filtered));
    });
}

#[test]
fn the_pass_starts_on_a_context_that_the_future_drives() {
    wait(async {
        let named = poll_fn(|| Taken::<_, Never>::Value(current().map(|context| context.name().to_owned())));
        assert_eq!(named.await, Completion::Value(Some("await".to_owned())));
    });
    assert!(current().is_none(), "nothing is left of it on the thread");
}

#[test]
fn awaiting_nests() {
    let compute = compute();
    wait(async {
        let inner = move |n: u32| {
            let compute = compute.clone();
            from_future(async move {
                let there = just(n).then(on(compute)).map(|n| n + 1);
                there.await.value().unwrap()
            })
        };
        let graph = second(1).and(inner.clone()).and(inner);
        assert_eq!(graph.await, Completion::Value(3));
    });
}

#[test]
fn a_ready_completion_needs_no_waker() {
    let wakes = Arc::new(Wakes::default());
    let mut future = just(1).map(|n| n + 1).into_future();
    assert_eq!(poll(&mut future, &wakes), Poll::Ready(Completion::Value(2)));
    assert_eq!(wakes.count(), 0);
    let ended = Poll::Ready(Completion::Stopped(StopReason::Ended));
    assert_eq!(poll(&mut future, &wakes), ended, "a future that has completed stays so");
}

#[test]
fn a_wake_comes_from_whoever_moves_the_pass_on() {
    let told = Told::default();
    let waits = told.clone();
    let wakes = Arc::new(Wakes::default());
    let graph = just(2).and(move |n| {
        let waits = waits.clone();
        from_future(async move { n + waits.await })
    });
    let mut future = graph.future();
    assert!(poll(&mut future, &wakes).is_pending());
    assert!(poll(&mut future, &wakes).is_pending());
    assert_eq!(wakes.count(), 0, "nothing has happened");
    std::thread::spawn(move || told.tell(40)).join().unwrap();
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll(&mut future, &wakes), Poll::Ready(Completion::Value(42)));
}

#[test]
fn a_wake_goes_to_the_task_that_polled_last() {
    let told = Told::default();
    let mut future = from_future(told.clone()).into_future();
    let (first, last) = (Arc::new(Wakes::default()), Arc::new(Wakes::default()));
    assert!(poll(&mut future, &first).is_pending());
    assert!(poll(&mut future, &last).is_pending());
    told.tell(7);
    assert_eq!((first.count(), last.count()), (0, 1));
    assert_eq!(poll(&mut future, &last), Poll::Ready(Completion::Value(7)));
}

#[test]
fn a_future_moves_from_thread_to_thread() {
    let told = Told::default();
    let waits = told.clone();
    let graph = just(1).and(move |n| {
        let waits = waits.clone();
        from_future(async move { n + waits.await })
    });
    let mut future = graph.future();
    assert!(poll(&mut future, &Arc::default()).is_pending());
    let other = std::thread::spawn(move || wait(future));
    told.tell(2);
    assert_eq!(other.join().unwrap(), Completion::Value(3));
}

#[test]
fn a_deadline_is_waited_for_without_a_timer() {
    let began = Instant::now();
    assert_eq!(wait(after(Duration::from_millis(20)).into_future()), Completion::Value(()));
    assert!(began.elapsed() >= Duration::from_millis(20));
}

#[test]
fn stop_completes_as_stopped() {
    let told = Told::<u32>::default();
    let wakes = Arc::new(Wakes::default());
    let mut future = from_future(told.clone()).into_future();
    assert!(poll(&mut future, &wakes).is_pending());
    future.stop();
    assert_eq!(wakes.count(), 1, "the stop moves the pass on");
    assert_eq!(poll(&mut future, &wakes), Poll::Ready(Completion::Stopped(StopReason::Requested)));

    let mut unpolled = just(1).into_future();
    unpolled.stop();
    assert_eq!(wait(unpolled), Completion::Stopped(StopReason::Requested));
}

#[test]
fn a_panic_goes_to_whoever_awaits() {
    let caught = |work: Box<dyn FnOnce() + Send>| {
        let payload = std::thread::spawn(work).join().unwrap_err();
        match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => (*payload.downcast::<&str>().unwrap()).to_owned(),
        }
    };
    let inline = caught(Box::new(|| {
        let _ = wait(just(1).map(|_| panic!("inline")).map(|(): ()| 1).into_future());
    }));
    assert_eq!(inline, "inline");
    let there = compute();
    let later = caught(Box::new(move || {
        let _ = wait(just(1).then(on(there)).map(|n| if n == 1 { panic!("there") } else { n }).into_future());
    }));
    assert!(later.contains("there") && later.contains("awaited.rs"), "{later}");
    let polled = caught(Box::new(|| {
        let panics = async {
            Yields(3).await;
            panic!("polled")
        };
        let _: Completion<(), Never> = wait(from_future(panics).into_future());
    }));
    assert!(polled.contains("polled") && polled.contains("awaited.rs"), "{polled}");
}

#[test]
fn a_context_that_has_ended_completes_as_stopped() {
    let there = compute();
    there.end();
    let future = just(1).then(on(there)).into_future();
    assert_eq!(wait(future), Completion::Stopped(StopReason::Requested));
}
