//! Every interleaving of a change with a waiter that leaves its waker.

use std::task::{Wake, Waker};

use super::{Key, Slot};
use crate::primitive::{Arc, AtomicBool, AtomicUsize, Ordering};
use loom::thread;

struct Woken(Arc<AtomicUsize>);

impl Wake for Woken {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn model_of_a_change_that_the_waiter_sees_or_is_woken_for() {
    loom::model(|| {
        let shared = Arc::new((Slot::default(), AtomicBool::new(false)));
        let woken = Arc::new(AtomicUsize::new(0));
        let other = shared.clone();
        let changer = thread::spawn(move || {
            other.1.store(true, Ordering::Relaxed);
            other.0.wake();
        });
        let waker = Waker::from(std::sync::Arc::new(Woken(woken.clone())));
        shared.0.arm(&mut Key::default(), &waker);
        let seen = shared.1.load(Ordering::Relaxed);
        changer.join().unwrap();
        assert!(seen || woken.load(Ordering::Relaxed) == 1, "the waiter would wait for ever");
    });
}

#[test]
fn model_of_a_change_that_two_wait_for() {
    // Every order with at most two switches that no thread asked for: all of them take minutes.
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(|| {
        let shared = Arc::new((Slot::default(), AtomicBool::new(false)));
        let other = shared.clone();
        let changer = thread::spawn(move || {
            other.1.store(true, Ordering::Relaxed);
            other.0.wake();
        });
        let waits = [(); 2].map(|()| {
            let woken = Arc::new(AtomicUsize::new(0));
            let waker = Waker::from(std::sync::Arc::new(Woken(woken.clone())));
            shared.0.arm(&mut Key::default(), &waker);
            (shared.1.load(Ordering::Relaxed), woken)
        });
        changer.join().unwrap();
        for (seen, woken) in waits {
            assert!(seen || woken.load(Ordering::Relaxed) == 1, "one would wait for ever");
        }
    });
}
