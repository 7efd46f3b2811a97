//! Every case as fused graphs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fusewire::context::cpu::Cpu;
use fusewire::engine::{Engine, Handle};
use fusewire::prelude::*;
use fusewire::sync::{AutoEvent, Mutex, RwLock, Semaphore, carry, from_channel, mpsc, oneshot};
use fusewire::wait::Wait;

/// Runs a graph, or several beside each other, on one thread, while this one sleeps.
macro_rules! here {
    ($($graph:expr),+) => {{
        let engine = thread("passes");
        let handles = [$(engine.run($graph).expect("it can run")),+];
        for handle in handles {
            handle.join().expect("no pass fails");
        }
    }};
}

fn both(first: Handle, second: Handle) {
    first.join().expect("no pass fails");
    second.join().expect("no pass fails");
}

/// The engine of a thread that sleeps as soon as it has nothing to do, as tokio's do.
fn thread(name: &str) -> Engine {
    let context = Cpu::builder().name(name).wait(Wait::Park).build().expect("a thread");
    Engine::on(context)
}

/// Where a graph adds up, by the thread that runs it alone.
fn adds() -> (Arc<AtomicU64>, impl FnMut(u64) + Send + 'static) {
    let sum = Arc::new(AtomicU64::new(0));
    let shared = Arc::clone(&sum);
    let add = move |n| shared.store(shared.load(Ordering::Relaxed) + n, Ordering::Relaxed);
    (sum, add)
}

pub fn lock(passes: u64) -> u64 {
    static SUM: Mutex<u64> = Mutex::new(0);
    *SUM.try_lock().expect("free") = 0;
    here!(fuse! { from_iter(0..passes).and(|n| carry(n, SUM.lock())).for_each(|(n, mut sum)| *sum += n) });
    *SUM.try_lock().expect("free")
}

pub fn lock_arc(passes: u64) -> u64 {
    let sum = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&sum);
    here!(fuse! {
        from_iter(0..passes).and(move |n| carry(n, shared.lock_arc())).for_each(|(n, mut sum)| *sum += n)
    });
    *sum.try_lock().expect("free")
}

pub fn read(passes: u64) -> u64 {
    static ONE: RwLock<u64> = RwLock::new(1);
    let (sum, mut add) = adds();
    here!(fuse! { from_iter(0..passes).and(|_: u64| ONE.read()).for_each(move |one| add(*one)) });
    sum.load(Ordering::Relaxed)
}

pub fn permit(passes: u64) -> u64 {
    static PERMITS: Semaphore = Semaphore::new(1);
    let (sum, mut add) = adds();
    here!(
        fuse! { from_iter(0..passes).and(|_: u64| PERMITS.acquire(1)).for_each(move |permit| add(permit.count() as u64)) }
    );
    sum.load(Ordering::Relaxed)
}

pub fn queue(passes: u64) -> u64 {
    let (send, recv) = fusewire::sync::channel(64);
    let (sum, add) = adds();
    here!(fuse! {
        from_iter(0..passes)
            .and(move |n| send.send(n))
            .map_err(|_| std::fmt::Error)
            .and(move |()| recv.recv())
            .for_each(add)
    });
    sum.load(Ordering::Relaxed)
}

pub fn once(passes: u64) -> u64 {
    let (sum, add) = adds();
    here!(fuse! {
        from_iter(0..passes)
            .and(|n| {
                let (send, recv) = oneshot();
                let _ = send.send(n);
                recv.recv()
            })
            .for_each(add)
    });
    sum.load(Ordering::Relaxed)
}

macro_rules! to_and_fro {
    ($passes:ident, $sum:ident, $go:ident, $back:ident) => {{
        let (go, back) = (Arc::new(AutoEvent::new()), Arc::new(AutoEvent::new()));
        let (mut heard, ping, pong) = (Arc::clone(&$sum), Arc::clone(&go), Arc::clone(&back));
        let count = move |sum: &mut Arc<AtomicU64>| sum.fetch_add(1, Ordering::Relaxed);
        let (mut seen, answer, await_go) = (Arc::clone(&$sum), Arc::clone(&back), Arc::clone(&go));
        let $go = fuse! {
            from_iter(0..$passes)
                .and(move |_: u64| { ping.set(); pong.wait_arc() })
                .for_each(move |()| { count(&mut heard); })
        };
        let $back = fuse! {
            from_iter(0..$passes)
                .and(move |_: u64| await_go.wait_arc())
                .for_each(move |()| { count(&mut seen); answer.set(); })
        };
        ($go, $back)
    }};
}

pub fn events(passes: u64) -> u64 {
    let sum = Arc::new(AtomicU64::new(0));
    let (first, second) = to_and_fro!(passes, sum, first, second);
    here!(first, second);
    sum.load(Ordering::Relaxed)
}

pub fn events_across(passes: u64) -> u64 {
    let sum = Arc::new(AtomicU64::new(0));
    let (first, second) = to_and_fro!(passes, sum, first, second);
    let second = thread("answers").run(second).expect("it can run");
    both(thread("asks").run(first).expect("it can run"), second);
    sum.load(Ordering::Relaxed)
}

macro_rules! over {
    ($passes:ident, $capacity:expr) => {{
        let (send, recv) = mpsc($capacity);
        let (sum, add) = adds();
        let sends = fuse! { from_iter(0..$passes).and(move |n| send.send(n)) };
        let receives = fuse! { from_channel(recv).for_each(add) };
        (sends, receives, sum)
    }};
}

pub fn narrow(passes: u64) -> u64 {
    let (sends, receives, sum) = over!(passes, 1);
    here!(sends, receives);
    sum.load(Ordering::Relaxed)
}

pub fn wide(passes: u64) -> u64 {
    let (sends, receives, sum) = over!(passes, 64);
    here!(sends, receives);
    sum.load(Ordering::Relaxed)
}

pub fn wide_across(passes: u64) -> u64 {
    let (sends, receives, sum) = over!(passes, 64);
    let receives = thread("receives").run(receives).expect("it can run");
    both(thread("sends").run(sends).expect("it can run"), receives);
    sum.load(Ordering::Relaxed)
}
