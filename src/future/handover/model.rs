//! Every interleaving of a completion with the one who waits for it, or leaves.

use super::{Delivered, Handover};
use crate::primitive::{Arc, AtomicUsize, Ordering};
use loom::thread;

/// Counts how often it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// What both sides share, freed by exactly one of them.
fn shared(drops: &Arc<AtomicUsize>) -> *mut Handover<(u32, Counted)> {
    let _ = drops;
    Box::into_raw(Box::new(Handover::new()))
}

struct Address(*mut Handover<(u32, Counted)>);
// SAFETY: the test frees it once, as the handover says.
unsafe impl Send for Address {}

#[test]
fn model_of_a_completion_and_a_leave_frees_once() {
    loom::model(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let address = Address(shared(&drops));
        let other = Address(address.0);
        let value = Counted(drops.clone());
        let completer = thread::spawn(move || {
            let other = other;
            // SAFETY: alive until one of the two sides frees it.
            if unsafe { (*other.0).deliver((7, value)) } == Delivered::Left {
                // SAFETY: the side that waited has left: it is this side's alone.
                drop(unsafe { Box::from_raw(other.0) });
            }
        });
        // SAFETY: as above.
        if !unsafe { (*address.0).leave() } {
            // SAFETY: the value has come, which was the other side's last touch.
            let mut owned = unsafe { Box::from_raw(address.0) };
            assert_eq!(owned.take().map(|(number, _)| number), Some(7));
        }
        completer.join().unwrap();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn model_of_a_completion_that_is_seen_has_its_value() {
    loom::model(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let address = Address(shared(&drops));
        let other = Address(address.0);
        let value = Counted(drops.clone());
        let completer = thread::spawn(move || {
            let other = other;
            // SAFETY: the other side frees it only once the value has come.
            assert_eq!(unsafe { (*other.0).deliver((7, value)) }, Delivered::Awaited);
        });
        // SAFETY: alive until it is freed below.
        while !unsafe { (*address.0).has_arrived() } {
            thread::yield_now();
        }
        // SAFETY: the value has come.
        let mut owned = unsafe { Box::from_raw(address.0) };
        assert_eq!(owned.take().map(|(number, _)| number), Some(7));
        drop(owned);
        completer.join().unwrap();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}
