//! Waits as stages and as the beginning of graphs, plain and fused, in lanes and from outside.

use std::sync::Arc;
use std::sync::Mutex as StdMutex;
use std::thread;
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::sync::{AutoEvent, Event, Mutex, Semaphore, channel, from_channel, oneshot};
use fusewire::wait::Wait;

fn parked(name: &str) -> Cpu {
    Cpu::builder().name(name).wait(Wait::spin_then_park()).build().unwrap()
}

#[test]
fn a_lock_as_a_stage_plain_and_fused() {
    let total = Arc::new(Mutex::new(0));
    let of = |total: &Arc<Mutex<u64>>| {
        let total = Arc::clone(total);
        move |n: u64| total.lock_arc().map(move |guard| (n, guard))
    };
    let plain = from_iter(1..=100).and(of(&total)).for_each(|(n, mut total)| *total += n);
    let report = Engine::new().run(plain).unwrap().join().unwrap();
    assert_eq!(report.completed, 100);
    let lock = of(&total);
    let fused = fuse! { from_iter(1..=100).and(lock).for_each(|(n, mut total)| *total += n) };
    let report = Engine::new().run(fused).unwrap().join().unwrap();
    assert_eq!(report.completed, 100);
    assert_eq!(block_on(total.lock().map(|total| *total)), Completion::Value(2 * 5050));
}

#[test]
fn a_guard_goes_over_a_hop() {
    let (here, there) = (parked("here"), parked("there"));
    let total = Arc::new(Mutex::new(0));
    let lock = Arc::clone(&total);
    let graph = fuse! {
        from_iter(1..=1000)
            .and(move |n: u64| lock.lock_arc().map(move |guard| (n, guard)))
            .then(on(there))
            .for_each(|(n, mut total)| *total += n)
    };
    Engine::on(here).run(graph).unwrap().join().unwrap();
    assert_eq!(*total.try_lock().unwrap(), 500_500);
}

/// Each value goes to the second graph and comes back before the first goes on.
#[test]
fn two_graphs_talk_over_channels_on_parked_contexts() {
    for capacity in [0, 1, 3] {
        let (one, two) = (parked("one"), parked("two"));
        let (ask, asked) = channel(capacity);
        let (answer, answers) = channel(capacity);
        let seen = Arc::new(StdMutex::new(Vec::new()));
        let first = {
            let seen = Arc::clone(&seen);
            fuse! {
                from_iter(0..500_u64)
                    .and(move |n| ask.send(n))
                    .map_err(|_| std::fmt::Error)
                    .and(move |()| answers.recv())
                    .for_each(move |n| seen.lock().unwrap().push(n))
            }
        };
        let second = from_channel(asked).map(|n| n * 2).and(move |n| answer.send(n));
        let first = Engine::on(one).run(first).unwrap();
        let second = Engine::on(two).run(second).unwrap();
        first.join().unwrap();
        second.join().unwrap();
        assert_eq!(*seen.lock().unwrap(), (0..500).map(|n| n * 2).collect::<Vec<_>>());
    }
}

#[test]
fn a_channel_ends_the_graph_that_it_begins_plain_and_fused() {
    for fused in [false, true] {
        let (send, recv) = channel(4);
        let sum = Arc::new(StdMutex::new(0));
        let add = {
            let sum = Arc::clone(&sum);
            move |n: u64| *sum.lock().unwrap() += n
        };
        let context = parked("reader");
        let handle = if fused {
            Engine::on(context).run(fuse! { from_channel(recv).for_each(add) }).unwrap()
        } else {
            Engine::on(context).run(from_channel(recv).for_each(add)).unwrap()
        };
        for n in 1..=100 {
            assert_eq!(block_on(send.send(n)), Completion::Value(()));
        }
        assert!(!handle.is_finished());
        drop(send);
        assert_eq!(handle.join().unwrap().completed, 100);
        assert_eq!(*sum.lock().unwrap(), 5050);
    }
}

/// A graph that waits is stopped and joined, and the primitive is as if it had never waited.
#[test]
fn a_graph_that_waits_is_stopped_plain_and_fused() {
    for fused in [false, true] {
        for parks in [false, true] {
            let context = Cpu::builder()
                .name("waits")
                .wait(if parks { Wait::spin_then_park() } else { Wait::Spin })
                .build()
                .unwrap();
            let event = Arc::new(AutoEvent::new());
            let wait = {
                let event = Arc::clone(&event);
                move |_: i32| event.wait_arc()
            };
            let handle = if fused {
                Engine::on(context).run(fuse! { from_iter(0..).and(wait) }).unwrap()
            } else {
                Engine::on(context).run(from_iter(0..).and(wait)).unwrap()
            };
            event.set();
            while event.try_wait() {
                event.set();
                thread::yield_now();
            }
            thread::sleep(Duration::from_millis(5));
            handle.stop(Stop::Abandon);
            let report = handle.join().unwrap();
            assert!(report.completed <= 1, "{report:?}");
            event.set();
            assert!(event.try_wait(), "nobody waits any more");
        }
    }
}

/// A source that waits hears of the stop, too.
#[test]
fn a_graph_that_waits_for_a_channel_is_stopped_or_drained() {
    for how in [Stop::Drain, Stop::Abandon] {
        let (send, recv) = channel::<u64>(1);
        let handle = Engine::on(parked("reader")).run(fuse! { from_channel(recv).map(|n| n + 1) }).unwrap();
        thread::sleep(Duration::from_millis(5));
        handle.stop(how);
        handle.join().unwrap();
        assert!(send.is_closed(), "the graph has dropped its end");
    }
}

#[test]
fn a_semaphore_bounds_what_is_under_way_between_two_lanes() {
    let compute = parked("compute");
    let semaphore = Arc::new(Semaphore::new(3));
    let permits = Arc::clone(&semaphore);
    let (tell, told) = std::sync::mpsc::channel();
    let graph = fuse! {
        from_iter(0..2000)
            .and(move |_: i32| permits.acquire_arc(1))
            .then(on(compute).capacity(64))
            .for_each(move |permit| tell.send(permit).unwrap())
    };
    let handle = Engine::new().run(graph).unwrap();
    let mut held = std::collections::VecDeque::new();
    for _ in 0..2000 {
        held.push_back(told.recv().unwrap());
        if held.len() == 3 {
            assert_eq!(semaphore.available(), 0);
            assert!(told.try_recv().is_err(), "three are under way, and no more");
            held.pop_front();
        }
    }
    handle.join().unwrap();
    drop(held);
    assert_eq!(semaphore.available(), 3);
}

#[test]
fn block_on_waits_for_what_another_thread_does() {
    let event = Arc::new(Event::new());
    let (answer, asked) = oneshot();
    let other = {
        let event = Arc::clone(&event);
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(5));
            event.set();
            thread::sleep(Duration::from_millis(5));
            answer.send(5).unwrap();
        })
    };
    assert_eq!(block_on(event.wait()), Completion::Value(()));
    assert_eq!(block_on(fuse! { asked.recv().map(|n: i32| n + 1) }), Completion::Value(6));
    other.join().unwrap();
}

/// A `static` primitive is borrowed by graphs that run by themselves.
#[test]
fn a_static_mutex_needs_no_count() {
    static TOTAL: Mutex<u32> = Mutex::new(0);
    let graph = fuse! {
        from_iter(1..=10_u32)
            .and(|n| TOTAL.lock().map(move |guard| (n, guard)))
            .for_each(|(n, mut total)| *total += n)
    };
    let manual = Manual::new();
    let handle = Engine::on(manual.clone()).run(graph).unwrap();
    manual.run_until_idle();
    handle.join().unwrap();
    assert_eq!(*TOTAL.try_lock().unwrap(), 55);
}
