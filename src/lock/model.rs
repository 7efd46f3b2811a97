//! The byte under the model checker: what it guards is touched by one thread at a time, in an order.
//!
//! Two threads, and at most three switches between them that neither asked for: a thread that spins has
//! no end of ways to go on.

use loom::cell::UnsafeCell;
use loom::model::Builder;
use loom::sync::Arc;
use loom::thread;

use super::Byte;

struct Guarded {
    byte: Byte,
    count: UnsafeCell<u32>,
}

// SAFETY: the count is touched under the byte, which loom checks.
unsafe impl Sync for Guarded {}

impl Guarded {
    fn add(&self) -> u32 {
        let _held = self.byte.take();
        self.count.with_mut(|count| {
            // SAFETY: the byte is ours, and if it were not loom would say so.
            let count = unsafe { &mut *count };
            *count += 1;
            *count
        })
    }
}

#[test]
fn changes_exclude_and_see_each_other() {
    let mut model = Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let guarded = Arc::new(Guarded { byte: Byte::new(), count: UnsafeCell::new(0) });
        let other = {
            let guarded = Arc::clone(&guarded);
            thread::spawn(move || guarded.add())
        };
        let mine = guarded.add();
        let others = other.join().unwrap();
        assert_eq!(mine + others, 3, "one came first, and the other saw it");
    });
}
