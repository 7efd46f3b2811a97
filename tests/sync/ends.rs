//! What becomes of those who wait when their contexts end, or what they bring cannot be dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use fusewire::completion::{Completion, StopReason};
use fusewire::consumers::spawn_on;
use fusewire::context::Scheduler;
use fusewire::context::manual::Manual;
use fusewire::env::Env;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::stop::StopSource;
use fusewire::sync::{ChannelSender, Mutex, channel};

use crate::ladder::{Pass, STOPPED, UnderWay};

/// So many that their ends do not fit into [`STACK`] one inside of the other.
const WAITS: u32 = 20_000;
const STACK: usize = 256 * 1024;

#[test]
fn waits_on_an_ended_context_end_one_behind_the_other() {
    let ends = || {
        let (manual, scope, mutex) = (Manual::new(), Scope::new(), Arc::new(Mutex::new(0)));
        let stopped = Arc::new(AtomicU32::new(0));
        let held = mutex.try_lock_arc();
        for _ in 0..WAITS {
            let stopped = Arc::clone(&stopped);
            let waits = mutex.lock_arc().map(drop).upon_stopped(move |_| {
                stopped.fetch_add(1, Ordering::SeqCst);
            });
            spawn_on(&manual, &scope, waits).unwrap();
        }
        manual.run_until_idle();
        manual.end();
        assert_eq!(stopped.load(Ordering::SeqCst), 0, "they wait for the lock");
        drop(held);
        assert_eq!((stopped.load(Ordering::SeqCst), scope.associations()), (WAITS, 0));
        assert!(mutex.try_lock().is_some());
    };
    thread::Builder::new().stack_size(STACK).spawn(ends).unwrap().join().unwrap();
}

#[test]
fn one_that_ends_may_wait_for_another_that_ends_with_it() {
    let (manual, first, others) = (Manual::new(), Scope::new(), Scope::new());
    let mutex = Arc::new(Mutex::new(0));
    let held = mutex.try_lock_arc();
    let wait = |mut ends: Option<Scope>| mutex.lock_arc().map(drop).upon_stopped(move |_| drop(ends.take()));
    // Its end drops the scope of the one behind it, which waits for that.
    let token = others.token();
    spawn_on(&manual, &first, wait(Some(others))).unwrap();
    spawn_on(&manual, &token, wait(None)).unwrap();
    manual.run_until_idle();
    manual.end();
    drop(held);
    assert_eq!((first.associations(), token.associations()), (0, 0));
}

/// A value that asks its channel when it is dropped.
struct Asks(ChannelSender<Self>, Arc<AtomicU32>);

impl Drop for Asks {
    fn drop(&mut self) {
        assert!(self.0.is_closed());
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_refused_value_is_dropped_outside_of_the_lock() {
    let _under_way = UnderWay;
    let (manual, (send, recv), dropped) = (Manual::new(), channel(0), Arc::default());
    let pass = Pass::on(&manual, send.send(Asks(send.clone(), Arc::clone(&dropped))));
    manual.end();
    assert!(recv.close());
    assert!(matches!(pass.done(), Some(Completion::Stopped(STOPPED))));
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}

/// A value that cannot be dropped.
struct Stays;

impl Drop for Stays {
    fn drop(&mut self) {
        panic!("it stays");
    }
}

#[test]
fn a_value_that_panics_when_it_is_dropped_ends_the_pass() {
    let _under_way = UnderWay;
    let (manual, (send, _recv), stop) = (Manual::new(), channel(0), StopSource::new());
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let pass = Pass::with(send.send(Stays), &env);
    stop.request_stop();
    manual.run_until_idle();
    assert!(matches!(pass.done(), Some(Completion::Stopped(StopReason::Panicked))));
}
