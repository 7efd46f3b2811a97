//! Nothing is allocated after a primitive was made: waits that complete at once, later, and stopped, alone and as
//! stages of two fused graphs that contend; and no stack is used up by ten million passes.

#[path = "support/counting.rs"]
mod counting;

use std::pin::Pin;
use std::sync::Arc;

use fusewire::completion::{Completion, Started, StopReason};
use fusewire::context::Scheduler;
use fusewire::context::manual::Manual;
use fusewire::engine::Engine;
use fusewire::env::Env;
use fusewire::lane::Turn;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::receiver::Receiver;
use fusewire::stop::{StopSource, StopToken};
use fusewire::sync::{AutoEvent, Barrier, Event, Latch, Mutex, RwLock, Semaphore, channel, from_channel};

const PASSES: u32 = 1_000;
const WARM: u32 = 10;
/// Passes that must take no stack: a tenth of them where nothing is optimised.
const TURNS: u32 = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };

/// Keeps the last completion.
struct Last<V, E>(Arc<std::sync::Mutex<Option<Completion<V, E>>>>);

impl<V: Send, E: Send> Receiver<V, E> for Last<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        *self.0.lock().unwrap() = Some(completion);
    }
}

/// Starts one operation again and again; `grant` makes what it waits for. Fails if that allocates.
fn allocates_nothing<S>(name: &str, sender: S, grant: impl Fn())
where
    S: Sender<Value: Send, Error: Send>,
{
    let manual = Manual::new();
    let stop = StopSource::new();
    let arrived = Arc::new(std::sync::Mutex::new(None));
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let mut operation = Box::pin(sender.connect(Last(arrived.clone()), &env));
    let mut before = 0;
    for pass in 0..PASSES {
        if pass == WARM {
            before = counting::here();
        }
        // SAFETY: the pass before has completed.
        match unsafe { operation.as_mut().start() } {
            Started::Inline(completion) => drop(completion),
            Started::Later => {
                grant();
                manual.run_until_idle();
                assert!(arrived.lock().unwrap().take().is_some(), "{name}: it was granted");
            }
        }
    }
    assert_eq!(counting::here(), before, "{name} allocates");
}

#[test]
fn waits_allocate_nothing() {
    let mutex = Arc::new(Mutex::new(0));
    allocates_nothing("lock, at once", mutex.lock_arc(), || {});
    let held = std::cell::RefCell::new(mutex.try_lock());
    allocates_nothing("lock, later", mutex.lock_arc().map(drop), || {
        drop(held.take());
    });
    let semaphore = Arc::new(Semaphore::new(0));
    allocates_nothing("acquire", semaphore.acquire_arc(2).map(fusewire::sync::Permit::forget), || {
        semaphore.release(2);
    });
    let lock = Arc::new(RwLock::new(0));
    allocates_nothing("read", lock.read_arc(), || {});
    allocates_nothing("write", lock.write_arc(), || {});
    let event = Arc::new(Event::new());
    allocates_nothing("event", event.wait_arc(), || {
        event.set();
        event.reset();
    });
    let event = Arc::new(AutoEvent::new());
    allocates_nothing("auto event", event.wait_arc(), || event.set());
    let latch = Arc::new(Latch::new(1));
    allocates_nothing("latch", latch.wait_arc(), || {
        latch.count_down(1);
    });
    let barrier = Arc::new(Barrier::new(2));
    allocates_nothing("barrier", barrier.wait_arc(), || {
        let _leader = block_on(barrier.wait());
    });
    for capacity in [0, 3] {
        let (send, recv) = channel(capacity);
        allocates_nothing("receive", recv.recv(), || send.try_send([1_u64; 9]).unwrap());
        let (send, recv) = channel(capacity);
        let sends = just(()).and(move |()| send.send([1_u64; 9]));
        allocates_nothing("send", sends, || assert!(recv.try_recv().is_ok()));
    }
}

/// Senders that ask each other to stop: connected once, and anew for each pass.
#[test]
fn races_allocate_nothing() {
    let event = Arc::new(AutoEvent::new());
    let set = || event.set();
    let hour = std::time::Duration::from_secs(3600);
    let timed = || event.wait_arc().timeout(hour);
    // One that waits as a task that polls, and is woken by the stop.
    let raced = || when_any(event.wait_arc(), never::<()>());
    allocates_nothing("timeout", timed(), set);
    allocates_nothing("when_any", raced(), set);
    connected_anew_allocates_nothing("timeout", timed, set);
    connected_anew_allocates_nothing("when_any", raced, set);
}

/// As [`allocates_nothing`], with an operation of its own for each pass.
fn connected_anew_allocates_nothing<S>(name: &str, sender: impl Fn() -> S, grant: impl Fn())
where
    S: Sender<Value: Send, Error: Send>,
{
    let (manual, stop) = (Manual::new(), StopSource::new());
    let arrived = Arc::new(std::sync::Mutex::new(None));
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let mut place = Box::pin(None);
    let mut before = 0;
    for pass in 0..PASSES {
        if pass == WARM {
            before = counting::here();
        }
        place.set(Some(sender().connect(Last(arrived.clone()), &env)));
        let operation = place.as_mut().as_pin_mut().expect("it was just put there");
        // SAFETY: it is new, and replaced only when its pass has completed.
        assert!(matches!(unsafe { operation.start() }, Started::Later), "{name}: it waits");
        grant();
        manual.run_until_idle();
        assert!(arrived.lock().unwrap().take().is_some(), "{name}: it was granted");
    }
    assert_eq!(counting::here(), before, "{name} allocates");
}

/// A stop that comes while it waits; the source and its token are made before.
#[test]
fn a_stopped_wait_allocates_nothing() {
    let manual = Manual::new();
    let mutex = Arc::new(Mutex::new(0));
    let _held = mutex.try_lock_arc();
    let arrived = Arc::new(std::sync::Mutex::new(None));
    let mut passes: Vec<_> = (0..PASSES)
        .map(|_| {
            let stop = StopSource::new();
            let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
            (stop, Box::pin(mutex.lock_arc().connect(Last(arrived.clone()), &env)))
        })
        .collect();
    let mut before = 0;
    for (n, (stop, operation)) in passes.iter_mut().enumerate() {
        if n == WARM as usize {
            before = counting::here();
        }
        // SAFETY: it was never started, and stays until the pass has completed, below.
        assert!(matches!(unsafe { operation.as_mut().start() }, Started::Later));
        stop.request_stop();
        manual.turn();
        let completion = arrived.lock().unwrap().take();
        assert!(matches!(completion, Some(Completion::Stopped(StopReason::Requested))));
    }
    assert_eq!(counting::here(), before);
}

/// Two graphs, each of which waits for the other all the time.
#[test]
fn fused_graphs_that_contend_allocate_nothing() {
    let contexts = [Manual::new(), Manual::new()];
    let mutex = Arc::new(Mutex::new(0_u64));
    let (send, recv) = channel(1);
    let (first, second) = (Arc::clone(&mutex), Arc::clone(&mutex));
    let one = fuse! {
        from_iter(0_u64..)
            .and(move |n| first.lock_arc().map(move |guard| (n, guard)))
            .map(|(n, mut guard)| { *guard += 1; n })
            .and(move |n| send.send(n))
    };
    let two = fuse! {
        from_channel(recv)
            .and(move |n: u64| second.lock_arc().map(move |guard| (n, guard)))
            .for_each(|(_, mut guard)| *guard += 1)
    };
    let handles = [
        Engine::on(contexts[0].clone()).run(one).unwrap(),
        Engine::on(contexts[1].clone()).run(two).unwrap(),
    ];
    let turns = |count: u32| {
        for _ in 0..count {
            for context in &contexts {
                assert_ne!(context.turn(), Turn::Done);
            }
        }
    };
    turns(100);
    let before = (counting::here(), *mutex.try_lock().unwrap());
    turns(10_000);
    assert_eq!(counting::here(), before.0);
    assert!(*mutex.try_lock().unwrap() > before.1 + 10_000, "the graphs move on");
    drop(handles);
}

/// Where the stack is, at the moment.
#[inline(never)]
fn depth() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

/// Passes that wait and are woken, by two operations that hand a notice to and fro.
#[test]
fn ten_million_passes_take_no_stack() {
    let manual = Manual::new();
    let events = [Arc::new(AutoEvent::new()), Arc::new(AutoEvent::new())];
    let env = Env::new().with_context(manual.context().clone()).with_stop(StopToken::never());
    let arrived = [(); 2].map(|()| Arc::new(std::sync::Mutex::new(None)));
    let mut operations = [0, 1].map(|n: usize| {
        let depths = Arc::clone(&arrived[n]);
        let other = Arc::clone(&events[1 - n]);
        let waits = events[n].wait_arc().map(move |()| {
            // Wakes the other one from inside of this one's completion.
            other.set();
            depth()
        });
        Box::pin(waits.connect(Last(depths), &env))
    });
    let mut lowest_and_highest: Option<(usize, usize)> = None;
    let mut passes = 0_u32;
    for operation in &mut operations {
        // SAFETY: never started before.
        assert!(matches!(unsafe { operation.as_mut().start() }, Started::Later));
    }
    events[0].set();
    while passes < TURNS {
        manual.turn();
        for (operation, arrived) in operations.iter_mut().zip(&arrived) {
            let Some(completion) = arrived.lock().unwrap().take() else { continue };
            let Completion::Value(depth) = completion else { panic!("nobody stops") };
            let (lowest, highest) = lowest_and_highest.unwrap_or((depth, depth));
            lowest_and_highest = Some((lowest.min(depth), highest.max(depth)));
            passes += 1;
            // SAFETY: its pass has completed.
            if let Started::Inline(_) = unsafe { operation.as_mut().start() } {
                passes += 1;
            }
        }
    }
    let (lowest, highest) = lowest_and_highest.expect("passes have completed");
    assert!(highest - lowest < 4096, "{} bytes deep", highest - lowest);
    // Whoever still waits is stopped by the end of its context, once it is woken.
    manual.end();
    events.iter().for_each(|event| event.set());
}
