//! Who is served when: first come, first served, and what each primitive promises beyond that.

use std::sync::Arc;

use fusewire::completion::{Completion, StopReason};
use fusewire::context::Scheduler;
use fusewire::context::manual::Manual;
use fusewire::env::Env;
use fusewire::prelude::*;
use fusewire::stop::StopSource;
use fusewire::sync::{
    AutoEvent, Barrier, ChannelReceiver, Event, Latch, Mutex, OneshotReceiver, RwLock, Semaphore,
    TryRecvError, TrySendError, carry, channel, from_channel, mpsc, oneshot,
};

use crate::ladder::{Pass, STOPPED, UnderWay};

#[test]
fn a_lock_is_handed_over_in_the_order_of_asking_across_contexts() {
    let _under_way = UnderWay;
    let manuals = [Manual::new(), Manual::new(), Manual::new()];
    let mutex = Arc::new(Mutex::new(Vec::new()));
    let mut held = mutex.try_lock_arc();
    let passes: Vec<_> = (0..9).map(|n| Pass::on(&manuals[n % 3], mutex.lock_arc())).collect();
    for (n, pass) in passes.iter().enumerate() {
        drop(held.take());
        assert!(mutex.try_lock().is_none(), "nobody overtakes who waits");
        manuals.iter().for_each(|manual| {
            manual.run_until_idle();
        });
        let mut guard = pass.value().unwrap_or_else(|| panic!("it is the turn of {n}"));
        guard.push(n);
        held = Some(guard);
        assert!(passes.iter().all(|pass| pass.done().is_none()), "one at a time");
    }
    assert_eq!(held.map(|order| order.clone()), Some((0..9).collect()));
    assert!(mutex.try_lock().is_some());
}

#[test]
fn who_is_stopped_leaves_its_place_to_the_next() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let mutex = Arc::new(Mutex::new(0));
    let held = mutex.try_lock_arc();
    let stops = [(); 5].map(|()| StopSource::new());
    let passes = stops.each_ref().map(|stop| {
        let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
        Pass::with(mutex.lock_arc(), &env)
    });
    // In the middle, in front, at the back.
    for n in [2, 0, 4] {
        stops[n].request_stop();
    }
    drop(held);
    let mut order = Vec::new();
    for _ in 0..4 {
        manual.run_until_idle();
        for (n, pass) in passes.iter().enumerate() {
            match pass.done() {
                Some(Completion::Value(_guard)) => order.push(n),
                Some(Completion::Stopped(reason)) => {
                    assert_eq!(reason, STOPPED);
                    assert!([0, 2, 4].contains(&n));
                }
                _ => {}
            }
        }
    }
    assert_eq!(order, [1, 3]);
}

#[test]
fn many_permits_are_not_overtaken_by_few() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let semaphore = Arc::new(Semaphore::new(2));
    let stop = StopSource::new();
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let many = Pass::with(semaphore.acquire_arc(3), &env);
    let few = Pass::on(&manual, semaphore.acquire_arc(1));
    assert!(semaphore.try_acquire(1).is_none(), "somebody waits");
    manual.run_until_idle();
    assert!(few.done().is_none());
    // When the first gives up, the next may have what is there.
    stop.request_stop();
    manual.run_until_idle();
    assert_eq!(many.done().map(|completion| completion.map(|_| ())), Some(Completion::Stopped(STOPPED)));
    let mut permit = few.value().unwrap();
    assert_eq!(semaphore.available(), 1);
    semaphore.release(4);
    let mut three = block_on(semaphore.acquire(3)).value().unwrap();
    assert_eq!(three.split(4).map(|_| ()), None);
    let one = three.split(1).unwrap();
    assert_eq!((one.count(), three.count()), (1, 2));
    three.forget();
    drop(one);
    assert_eq!(semaphore.available(), 3);
    assert!(permit.split(1).is_some());
}

#[test]
fn readers_share_and_do_not_overtake_a_writer() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let lock = Arc::new(RwLock::new(0));
    let reading = lock.try_read_arc();
    let writer = Pass::on(&manual, lock.write_arc());
    let late = [(); 2].map(|()| Pass::on(&manual, lock.read_arc()));
    let last = Pass::on(&manual, lock.write_arc());
    assert!(lock.try_read().is_none(), "a writer waits");
    drop(reading);
    manual.run_until_idle();
    let mut guard = writer.value().unwrap();
    *guard = 5;
    assert!(late.iter().all(|pass| pass.done().is_none()));
    drop(guard);
    manual.run_until_idle();
    let guards = late.map(|pass| pass.value().unwrap());
    assert!(guards.iter().all(|value| **value == 5), "both read at once");
    assert!(last.done().is_none());
    drop(guards);
    manual.run_until_idle();
    assert!(last.value().is_some());
}

#[test]
fn a_writer_that_gives_up_lets_the_readers_in_behind_it() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let lock = Arc::new(RwLock::new(0));
    let reading = lock.try_read_arc();
    let stop = StopSource::new();
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let writer = Pass::with(lock.write_arc(), &env);
    let reader = Pass::on(&manual, lock.read_arc());
    stop.request_stop();
    manual.run_until_idle();
    assert!(matches!(writer.done(), Some(Completion::Stopped(STOPPED))));
    assert!(reader.value().is_some());
    drop(reading);
}

#[test]
fn events_let_all_or_one_go_on() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let (all, one) = (Arc::new(Event::new()), Arc::new(AutoEvent::new()));
    let (alls, ones) = (
        [(); 3].map(|()| Pass::on(&manual, all.wait_arc())),
        [(); 4].map(|()| Pass::on(&manual, one.wait_arc())),
    );
    assert!(all.set());
    assert!(!all.set());
    one.set();
    one.set();
    manual.run_until_idle();
    assert!(alls.iter().all(|pass| pass.value().is_some()));
    assert_eq!(ones.each_ref().map(|pass| pass.value().is_some()), [true, true, false, false]);
    all.reset();
    assert!(!all.is_set());
    assert_eq!(one.set_all(), 2);
    assert!(!one.try_wait(), "nobody who comes later");
    manual.run_until_idle();
    assert!(ones[2..].iter().all(|pass| pass.value().is_some()));
    one.set();
    one.set();
    assert!(one.try_wait());
    assert!(!one.try_wait(), "twice is once");
}

#[test]
fn a_latch_counts_down_once() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let latch = Arc::new(Latch::new(3));
    let arriving = Pass::on(&manual, latch.arrive_and_wait_arc(1));
    assert!(!latch.count_down(1));
    assert!(arriving.done().is_none());
    assert!(latch.count_down(7));
    manual.run_until_idle();
    assert_eq!(arriving.done(), Some(Completion::Value(())));
    assert_eq!(block_on(latch.wait()), Completion::Value(()));
    assert!(Latch::new(0).is_open());
}

#[test]
fn a_barrier_has_one_leader_a_round_and_does_not_count_who_is_stopped() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let barrier = Arc::new(Barrier::new(3));
    for _ in 0..3 {
        let stop = StopSource::new();
        let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
        let stopped = Pass::with(barrier.wait_arc(), &env);
        let first = Pass::on(&manual, barrier.wait_arc());
        stop.request_stop();
        manual.run_until_idle();
        assert_eq!(stopped.done(), Some(Completion::Stopped(STOPPED)));
        let second = Pass::on(&manual, barrier.wait_arc());
        manual.run_until_idle();
        assert_eq!((first.done(), barrier.waiting()), (None, 2));
        let last = Pass::on(&manual, barrier.wait_arc());
        assert!(last.value().unwrap().is_leader(), "the last completes inside its start");
        assert!(first.done().is_none(), "nothing completes inside of another's start");
        manual.run_until_idle();
        for pass in [first, second] {
            assert!(!pass.value().unwrap().is_leader());
        }
    }
    assert!(block_on(Barrier::new(0).wait()).value().unwrap().is_leader());
}

#[test]
fn values_keep_their_order_through_a_full_channel() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    for capacity in 0..4 {
        let (send, recv) = channel(capacity);
        let sends: Vec<_> = (0..8).map(|n| Pass::on(&manual, send.send(n))).collect();
        manual.run_until_idle();
        assert_eq!(sends.iter().filter(|pass| pass.done().is_some()).count(), capacity);
        assert_eq!(recv.len(), capacity);
        assert_eq!(send.try_send(9), Err(TrySendError::Full(9)));
        for n in 0..8 {
            assert_eq!(recv.try_recv(), Ok(n));
            manual.run_until_idle();
            let done: Vec<_> = sends.iter().map(|pass| pass.done()).collect();
            let expected = n + capacity;
            assert_eq!(done.iter().position(Option::is_some), (expected < 8).then_some(expected));
        }
        assert_eq!(recv.try_recv(), Err(TryRecvError::Empty));
        let receives: Vec<_> = (0..8).map(|_| Pass::on(&manual, recv.recv())).collect();
        for n in 0..8 {
            assert_eq!(send.try_send(n), Ok(()), "somebody waits for it");
        }
        assert_eq!(recv.try_recv(), Err(TryRecvError::Empty), "nobody overtakes who waits");
        manual.run_until_idle();
        for (n, pass) in receives.iter().enumerate() {
            assert_eq!(pass.value(), Some(n));
        }
    }
}

#[test]
fn what_is_inside_a_closed_channel_comes_out() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let (send, recv) = channel(2);
    let waiting = {
        send.try_send(1).unwrap();
        send.try_send(2).unwrap();
        Pass::on(&manual, send.send(3))
    };
    let other = send.clone();
    drop(send);
    assert!(!recv.is_closed(), "a pass that waits and a clone are ends, too");
    assert!(other.close());
    assert!(!recv.close());
    manual.run_until_idle();
    match waiting.done() {
        Some(Completion::Error(closed)) => assert_eq!(closed.0, 3),
        other => panic!("{other:?}"),
    }
    assert_eq!(other.try_send(4), Err(TrySendError::Closed(4)));
    assert_eq!((recv.try_recv(), block_on(recv.recv())), (Ok(1), Completion::Value(2)));
    assert_eq!(recv.try_recv(), Err(TryRecvError::Closed));
    assert_eq!(block_on(recv.recv()), Completion::Stopped(StopReason::Ended));
}

#[test]
fn what_nobody_can_receive_is_dropped_and_refused() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let counted = Arc::new(());
    let (send, recv) = mpsc(1);
    send.try_send(Arc::clone(&counted)).unwrap();
    let waiting = Pass::on(&manual, send.send(Arc::clone(&counted)));
    assert_eq!(Arc::strong_count(&counted), 3);
    drop(ChannelReceiver::from(recv));
    manual.run_until_idle();
    assert!(matches!(waiting.done(), Some(Completion::Error(_))));
    assert_eq!(Arc::strong_count(&counted), 1, "what was inside is gone, and what was refused");
}

#[test]
fn a_send_sends_once_and_a_receive_again_and_again() {
    let (send, recv) = channel(4);
    let all = fuse! { from_iter(0..3).and(move |n| send.send(n)) };
    assert_eq!(block_on(all), Completion::Value(()));
    assert_eq!(block_on(from_channel(recv)), Completion::Value(0));
}

/// Also what can be neither copied nor cloned; once.
#[test]
fn a_value_is_carried_through_a_wait_once() {
    struct Only(u32);
    let _under_way = UnderWay;
    let manual = Manual::new();
    let event = Arc::new(AutoEvent::new());
    let pass = Pass::on(&manual, carry(Only(7), event.wait_arc()));
    event.set();
    manual.run_until_idle();
    assert!(matches!(pass.value(), Some((Only(7), ()))));
    let failed = block_on(carry(Only(8), just_error(std::fmt::Error)));
    assert!(matches!(failed, Completion::Error::<(Only, ()), _>(std::fmt::Error)));
    let stopped = block_on(carry(Only(8), just_stopped()));
    assert!(matches!(stopped, Completion::Stopped::<(Only, ()), Never>(StopReason::Ended)));
    let again = block_on(carry(Only(9), just(1)).map(|(only, one)| only.0 + one).repeat(2));
    assert_eq!(again, Completion::Stopped(StopReason::Ended), "the second pass has nothing to carry");
}

#[test]
fn a_oneshot_brings_its_value_or_its_end() {
    let _under_way = UnderWay;
    let manual = Manual::new();
    let waits = |recv: OneshotReceiver<_>| Pass::on(&manual, recv.recv());
    let (send, recv) = oneshot();
    let (early, late) = (waits(recv), oneshot());
    send.send(1).unwrap();
    late.0.send(2).unwrap();
    let late = waits(late.1);
    assert_eq!((early.done(), late.value()), (None, Some(2)));
    manual.run_until_idle();
    assert_eq!(early.value(), Some(1));

    let (send, recv) = oneshot();
    let pass = waits(recv);
    drop(send);
    manual.run_until_idle();
    assert_eq!(pass.done(), Some(Completion::Stopped(StopReason::Ended)));

    let (send, mut recv) = oneshot();
    assert_eq!(recv.try_recv(), None);
    assert!(!send.is_closed());
    drop(recv);
    assert!(send.is_closed());
    assert_eq!(send.send(3), Err(3));

    let (send, recv) = oneshot();
    let stop = StopSource::new();
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let pass = Pass::with(recv.recv(), &env);
    stop.request_stop();
    manual.run_until_idle();
    assert_eq!(pass.done(), Some(Completion::Stopped(STOPPED)));
    drop(pass);
    assert_eq!(send.send(4), Err(4));
}

/// Asked without an operation, a wait takes what there is, or gives itself back whole.
#[test]
fn what_is_there_is_taken_without_an_operation() {
    let mutex = Arc::new(Mutex::new(7));
    let held = mutex.try_lock_arc();
    let Err(waits) = carry("name", mutex.lock_arc()).at_once() else { panic!("it is held") };
    drop(held);
    let Ok(Completion::Value((name, guard))) = waits.at_once() else { panic!("it is free") };
    assert_eq!((name, *guard), ("name", 7));
    assert!(mutex.try_lock().is_none(), "the guard has it");
    drop(guard);
    assert!(mutex.try_lock().is_some());

    let semaphore = Arc::new(Semaphore::new(1));
    let Err(waits) = semaphore.acquire_arc(2).at_once() else { panic!("there is one") };
    semaphore.release(1);
    let Ok(Completion::Value(permit)) = waits.at_once() else { panic!("there are two") };
    assert_eq!((permit.count(), semaphore.available()), (2, 0));
    drop(permit);
    assert_eq!(semaphore.available(), 2);

    let (send, recv) = channel(1);
    assert!(matches!(send.send(1).at_once(), Ok(Completion::Value(()))));
    let Err(waits) = send.send(2).at_once() else { panic!("it is full") };
    assert_eq!(recv.try_recv(), Ok(1));
    assert!(matches!(waits.at_once(), Ok(Completion::Value(()))));
    assert!(matches!(recv.recv().at_once(), Ok(Completion::Value(2))));

    let (send, recv) = oneshot();
    let Err(waits) = recv.recv().at_once() else { panic!("nothing was sent") };
    send.send(5).unwrap();
    assert!(matches!(waits.at_once(), Ok(Completion::Value(5))));
    let (send, recv) = oneshot::<u8>();
    drop(send);
    assert!(matches!(recv.recv().at_once(), Ok(Completion::Stopped(StopReason::Ended))));
    let (send, recv) = oneshot();
    assert!(recv.recv().at_once().is_err(), "and drops it, with the receiving end");
    assert_eq!(send.send(6), Err(6));
}

/// A waiter does not lose its turn to one that asks without an operation.
#[test]
fn who_asks_without_an_operation_does_not_overtake() {
    let manual = Manual::new();
    let semaphore = Arc::new(Semaphore::new(0));
    let first = Pass::on(&manual, semaphore.acquire_arc(2));
    semaphore.release(1);
    assert!(semaphore.acquire_arc(1).at_once().is_err(), "one is kept for who came first");
    semaphore.release(1);
    manual.run_until_idle();
    let Some(Completion::Value(permit)) = first.done() else { panic!("there are two") };
    permit.forget();
    assert_eq!(semaphore.available(), 0);
}

#[test]
fn a_channel_may_be_without_a_bound() {
    let (send, recv) = channel(usize::MAX);
    for n in 0..100_000_u32 {
        assert!(send.try_send(n).is_ok());
    }
    assert_eq!((recv.capacity(), recv.len()), (usize::MAX, 100_000));
    for n in 0..100_000_u32 {
        assert_eq!(recv.try_recv(), Ok(n));
    }
}
