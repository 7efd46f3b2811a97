//! Model checks of the returns: every interleaving, and every value that a load may see, of a home
//! thread and one or two others. The buffers' bytes and the pool itself are cells that loom watches, so
//! that a fill or a free that is not ordered behind a read is found.
//!
//! Run by `RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test --release --lib returns::model`.

use std::cell::Cell;
use std::ptr::NonNull;

use loom::thread::{self, JoinHandle};

use super::{Returned, Returns};
use crate::primitive::{Arc, AtomicBool, AtomicUsize, Ordering, UnsafeCell};

/// A pool of two buffers, reduced to what is shared.
struct Pool {
    returns: Returns,
    bytes: [UnsafeCell<u32>; 2],
    // Read by whoever still uses the pool, written by whoever frees it.
    memory: UnsafeCell<bool>,
    freed: AtomicUsize,
    woken: AtomicBool,
}

// SAFETY: loom checks that the cells are never used by two threads at once.
unsafe impl Send for Pool {}
// SAFETY: as above.
unsafe impl Sync for Pool {}

impl Pool {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            returns: Returns::new(2),
            bytes: [UnsafeCell::new(7), UnsafeCell::new(7)],
            memory: UnsafeCell::new(true),
            freed: AtomicUsize::new(0),
            woken: AtomicBool::new(false),
        })
    }

    fn returns(&self) -> NonNull<Returns> {
        NonNull::from(&self.returns)
    }

    /// Drops a view away from home: reads the bytes, gives the part back, and does what that asks for.
    fn drop_view(&self, buffer: u32) {
        // SAFETY: loom checks the access.
        assert_eq!(self.bytes[buffer as usize].with(|byte| unsafe { *byte }), 7);
        // SAFETY: as above.
        assert!(self.memory.with(|memory| unsafe { *memory }));
        // SAFETY: the caller was lent a part of the buffer; the model keeps the pool's real memory.
        let returned = unsafe { Returns::give_back(self.returns(), buffer, || ()) };
        if returned == Returned::Wake(()) {
            // ORDERING: relaxed, read after the threads were joined.
            self.woken.store(true, Ordering::Relaxed);
        }
        self.free_if(returned == Returned::Last);
    }

    fn free_if(&self, last: bool) {
        if last {
            for byte in &self.bytes {
                // SAFETY: loom checks the access.
                byte.with_mut(|byte| unsafe { *byte = 0 });
            }
            // SAFETY: loom checks the access.
            self.memory.with_mut(|memory| unsafe { *memory = false });
            // ORDERING: relaxed, read after the threads were joined.
            self.freed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes in what came back; the sum of the parts of both buffers.
    fn take(&self) -> u32 {
        let taken = Cell::new(0);
        self.returns.take(|_, parts| taken.set(taken.get() + parts));
        taken.get()
    }

    /// Fills a buffer of which nothing is lent.
    fn fill(&self, buffer: usize) {
        // SAFETY: loom checks the access.
        self.bytes[buffer].with_mut(|byte| unsafe { *byte = 8 });
    }

    /// Ends the home thread's part while `views` are out, as far as it has heard.
    fn close(&self, owner: bool, views: usize) {
        // SAFETY: loom checks the access.
        assert!(self.memory.with(|memory| unsafe { *memory }));
        let views = Cell::new(views);
        // SAFETY: the model keeps the pool's real memory.
        let last = unsafe {
            Returns::close(
                self.returns(),
                owner,
                |_, parts| views.set(views.get() - parts as usize),
                || views.get(),
            )
        };
        self.free_if(last);
    }

    fn assert_freed_once(&self) {
        // ORDERING: relaxed, the threads were joined.
        assert_eq!(self.freed.load(Ordering::Relaxed), 1);
    }
}

fn drops(pool: &Arc<Pool>, buffer: u32) -> JoinHandle<()> {
    let pool = Arc::clone(pool);
    thread::spawn(move || pool.drop_view(buffer))
}

/// Both parts of one buffer come back, each once, and the buffer is filled only behind both reads.
#[test]
fn parts_of_one_buffer_are_counted_together() {
    loom::model(|| {
        let pool = Pool::new();
        let others = [drops(&pool, 0), drops(&pool, 0)];
        let mut taken = 0;
        while taken < 2 {
            thread::yield_now();
            taken += pool.take();
        }
        assert_eq!(taken, 2);
        pool.fill(0);
        for other in others {
            other.join().expect("a view was dropped");
        }
        assert_eq!(pool.take(), 0);
    });
}

/// Two buffers are chained by two threads while the home thread takes the chain.
#[test]
fn buffers_are_chained_and_taken() {
    loom::model(|| {
        let pool = Pool::new();
        let others = [drops(&pool, 0), drops(&pool, 1)];
        let seen = [Cell::new(0), Cell::new(0)];
        let take = || {
            pool.returns.take(|buffer, parts| {
                assert_eq!((parts, seen[buffer as usize].replace(1)), (1, 0));
                pool.fill(buffer as usize);
            });
        };
        take();
        for other in others {
            other.join().expect("a view was dropped");
        }
        take();
        assert_eq!(seen, [Cell::new(1), Cell::new(1)]);
    });
}

/// A buffer that is lent again while the other is under way: the chain takes it a second time.
#[test]
fn a_buffer_goes_round_twice() {
    loom::model(|| {
        let pool = Pool::new();
        let one = drops(&pool, 0);
        let two = drops(&pool, 1);
        let mut taken = 0;
        let mut again = false;
        pool.returns.take(|buffer, parts| {
            taken += parts;
            again |= buffer == 0;
        });
        if again {
            // At home nobody needs to be told what the home thread has written.
            pool.drop_view(0);
        }
        one.join().expect("a view was dropped");
        two.join().expect("a view was dropped");
        assert_eq!(taken + pool.take(), 2 + u32::from(again));
    });
}

/// A starved owner either finds what came back, or is woken.
#[test]
fn a_starved_owner_is_woken() {
    loom::model(|| {
        let pool = Pool::new();
        let others = [drops(&pool, 0), drops(&pool, 1)];
        let mut taken = pool.take();
        let asked = taken == 0 && pool.returns.starve();
        if taken == 0 && !asked {
            taken = pool.take();
            assert_ne!(taken, 0, "refused to starve for nothing");
        }
        for other in others {
            other.join().expect("a view was dropped");
        }
        // ORDERING: relaxed, the threads were joined.
        assert_eq!(pool.woken.load(Ordering::Relaxed), asked);
        assert_eq!(taken + pool.take(), 2);
    });
}

/// The owner goes at home while two views of one buffer are out: exactly one of the three frees.
#[test]
fn the_last_of_two_parts_frees() {
    loom::model(|| {
        let pool = Pool::new();
        let others = [drops(&pool, 0), drops(&pool, 0)];
        pool.close(false, 2);
        for other in others {
            other.join().expect("a view was dropped");
        }
        pool.assert_freed_once();
    });
}

/// As above, with views of two buffers, one of which may have been chained under the other.
#[test]
fn the_last_of_two_buffers_frees() {
    loom::model(|| {
        let pool = Pool::new();
        let others = [drops(&pool, 0), drops(&pool, 1)];
        pool.close(false, 2);
        for other in others {
            other.join().expect("a view was dropped");
        }
        pool.assert_freed_once();
    });
}

/// A view that is dropped at home after the end counts down like the one elsewhere.
#[test]
fn a_view_left_at_home_counts_down() {
    loom::model(|| {
        let pool = Pool::new();
        let other = drops(&pool, 0);
        pool.close(false, 2);
        let returned = pool.returns.count_down::<()>(1);
        pool.free_if(returned == Returned::Last);
        other.join().expect("a view was dropped");
        pool.assert_freed_once();
    });
}

/// The home thread ends, the owner goes elsewhere and a view is dropped, all at once.
#[test]
fn an_owner_whose_home_is_gone_frees_or_leaves_it_to_the_view() {
    loom::model(|| {
        let pool = Pool::new();
        let view = drops(&pool, 0);
        let owner = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                // SAFETY: loom checks the access.
                assert!(pool.memory.with(|memory| unsafe { *memory }));
                // SAFETY: this acts for the owner, once; the model keeps the pool's real memory.
                let returned = unsafe { Returns::lose_owner::<()>(pool.returns()) };
                pool.free_if(returned == Returned::Last);
            })
        };
        pool.close(true, 1);
        view.join().expect("a view was dropped");
        owner.join().expect("the owner went");
        pool.assert_freed_once();
    });
}
