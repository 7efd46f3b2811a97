//! Locks, events and channels: every wait climbs one ladder; order, bounds and ends; in graphs, plain and fused; on
//! threads.
//!
//! Under `--cfg loom` there is nothing here: a lock in a `static` cannot be made of loom's atomics.

#![cfg(not(loom))]

mod ends;
mod graphs;
mod ladder;
mod order;
mod stress;

use std::sync::Arc;

use fusewire::completion::{Completion, StopReason};
use fusewire::prelude::*;
use fusewire::sync::{AutoEvent, Closed, Event, Latch, Mutex, RwLock, Semaphore, channel, mpsc};

use ladder::{climb, outlives_its_context};

/// A test that climbs the ladder, and its last rung.
macro_rules! climbs {
    ($($name:ident: $expected:expr, $world:expr;)*) => {
        $(#[test] fn $name() {
            climb($world, &$expected);
            outlives_its_context($world(), &$expected);
        })*
    };
}

climbs! {
    mutex: Completion::Value(7), || {
        let mutex = Arc::new(Mutex::new(7));
        let held = mutex.try_lock_arc();
        (move || mutex.lock_arc().map(|value| *value), move || drop(held))
    };
    semaphore: Completion::Value(2), || {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = Arc::clone(&semaphore);
        (move || semaphore.acquire_arc(2).map(|permit| permit.count()), move || held.release(1))
    };
    read: Completion::Value(7), || {
        let lock = Arc::new(RwLock::new(7));
        let held = lock.try_write_arc();
        (move || lock.read_arc().map(|value| *value), move || drop(held))
    };
    write: Completion::Value(7), || {
        let lock = Arc::new(RwLock::new(7));
        let held = (lock.try_read_arc(), lock.try_read_arc());
        (move || lock.write_arc().map(|value| *value), move || drop(held))
    };
    event: Completion::Value(()), || {
        let event = Arc::new(Event::new());
        let other = Arc::clone(&event);
        (move || event.wait_arc(), move || assert!(other.set()))
    };
    auto_event: Completion::Value(()), || {
        let event = Arc::new(AutoEvent::new());
        let other = Arc::clone(&event);
        (move || event.wait_arc(), move || other.set())
    };
    latch: Completion::Value(()), || {
        let latch = Arc::new(Latch::new(1));
        let other = Arc::clone(&latch);
        (move || latch.wait_arc(), move || assert!(other.count_down(1)))
    };
    received: Completion::Value(7), || {
        let (send, recv) = channel(1);
        let other = send.clone();
        (move || { let _stays = &send; recv.recv() }, move || other.try_send(7).unwrap())
    };
    received_by_the_only_one: Completion::Value(7), || {
        let (send, recv) = mpsc(1);
        let recv = std::cell::RefCell::new(recv);
        let other = send.clone();
        (move || { let _stays = &send; recv.borrow_mut().recv() }, move || other.try_send(7).unwrap())
    };
    the_end_of_a_channel: Completion::<u8, _>::Stopped(StopReason::Ended), || {
        let (send, recv) = channel(1);
        (move || recv.recv(), move || drop(send))
    };
    refused_by_a_closed_channel: Completion::Error(Closed(2)), || {
        let (send, recv) = channel(1);
        send.try_send(1).unwrap();
        let other = recv.clone();
        (move || { let _stays = &recv; send.send(2) }, move || assert!(other.close()))
    };
}

#[test]
fn sent() {
    let world = || {
        let (send, recv) = channel(1);
        send.try_send(1).unwrap();
        let other = recv.clone();
        (
            move || {
                let _stays = &recv;
                send.send(2)
            },
            move || assert_eq!(other.try_recv(), Ok(1)),
        )
    };
    climb(world, &Completion::Value(()));
}
