//! The latch under the model checker: who waits is woken, and sees what was done.

use loom::sync::Arc;
use loom::thread;

use super::Latch;
use crate::primitive::UnsafeCell;

struct Shared {
    latch: Latch,
    made: UnsafeCell<u32>,
}

// SAFETY: what is made is written before the latch is set and read after; that is what the model checks.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

/// Somebody waits on a thread of its own, because loom takes an `unpark` of a thread that joins another for the end of that.
fn waited_for(with_another_wake: bool) {
    loom::model(move || {
        let shared = Arc::new(Shared { latch: Latch::new(), made: UnsafeCell::new(0) });
        let waiting = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                while !shared.latch.is_set() {
                    if shared.latch.doze() {
                        thread::park();
                        shared.latch.rouse();
                    }
                }
                // SAFETY: the latch is set.
                assert_eq!(shared.made.with(|made| unsafe { *made }), 7);
            })
        };
        if with_another_wake {
            waiting.thread().unpark();
        }
        // SAFETY: nobody reads it before the latch is set.
        shared.made.with_mut(|made| unsafe { *made = 7 });
        if shared.latch.set() {
            waiting.thread().unpark();
        }
        waiting.join().unwrap();
    });
}

#[test]
fn who_waits_is_woken_and_sees_what_was_made() {
    waited_for(false);
}

#[test]
fn a_wake_for_something_else_is_no_end() {
    waited_for(true);
}
