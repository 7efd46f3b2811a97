use std::collections::HashMap;
use std::sync::mpsc;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use super::*;
use crate::context::io::Io;
use crate::context::{ContextId, Scheduler};
use crate::lane::{Abandoned, Lane, Turn};
use crate::wait::Wait;

static FREED: LazyLock<Mutex<HashMap<ContextId, usize>>> = LazyLock::new(Mutex::default);

/// Called where a pool is freed.
pub(super) fn freed(context: ContextId) {
    *FREED.lock().unwrap().entry(context).or_default() += 1;
}

fn is_freed(context: ContextId) -> bool {
    FREED.lock().unwrap().contains_key(&context)
}

#[track_caller]
fn wait_until_freed(context: ContextId) {
    let began = Instant::now();
    while !is_freed(context) {
        assert!(began.elapsed() < Duration::from_secs(10), "the pool is never freed");
        std::thread::yield_now();
    }
    assert_eq!(FREED.lock().unwrap()[&context], 1);
}

/// Runs `work` on the thread of `io` and hands back what it made.
fn at_home<T: Send + 'static>(io: &Io, work: impl FnOnce() -> T + Send + 'static) -> T {
    struct Once<F>(Option<F>);
    impl<F: FnOnce() + Send> Lane for Once<F> {
        fn turn(&mut self) -> Turn {
            self.0.take().unwrap()();
            Turn::Done
        }
        fn abandon(&mut self, _: Abandoned) {}
    }
    let (tell, told) = mpsc::channel();
    io.context().attach(Box::new(Once(Some(move || tell.send(work()).unwrap()))));
    told.recv_timeout(Duration::from_secs(10)).unwrap()
}

fn io() -> Io {
    Io::builder().wait(Wait::Park).build().unwrap()
}

/// A view of a freshly claimed buffer of `pool`.
fn borrow(pool: &mut Pool) -> View {
    assert!(pool.home.is_here());
    let buffer = pool.claim().unwrap();
    // SAFETY: the buffer was just claimed, holds eight bytes, and nobody writes to it.
    unsafe { pool.lend(buffer, 0, 8) }
}

thread_local! {
    static KEPT: Cell<Option<View>> = const { Cell::new(None) };
}

#[test]
fn a_pool_that_was_never_used_is_freed_anywhere() {
    let io = io();
    drop(Pool::new(Home::new(io.clone()), 4, 0, 8));
    assert!(is_freed(io.context().id()));
}

#[test]
fn a_used_pool_dropped_elsewhere_goes_home_to_be_freed() {
    let io = io();
    let mut pool = Pool::new(Home::new(io.clone()), 4, 0, 8);
    let pool = at_home(&io, move || {
        drop(borrow(&mut pool));
        pool
    });
    drop(pool);
    wait_until_freed(io.context().id());
}

#[test]
fn the_last_view_frees_a_pool_whose_owner_is_gone() {
    for elsewhere in [false, true] {
        let io = io();
        let id = io.context().id();
        let mut pool = Pool::new(Home::new(io.clone()), 4, 0, 8);
        let pool = at_home(&io, move || {
            KEPT.set(Some(borrow(&mut pool)));
            drop(borrow(&mut pool));
            if elsewhere { Some(pool) } else { None }
        });
        drop(pool);
        at_home(&io, move || {
            assert!(!is_freed(id));
            let view = KEPT.take().unwrap();
            assert_eq!(view.as_slice(), [0; 8]);
            drop(view);
            assert!(is_freed(id));
        });
    }
}

#[test]
fn a_buffer_is_free_again_when_nobody_claims_it() {
    let io = io();
    let mut pool = Pool::new(Home::new(io.clone()), 2, 0, 8);
    at_home(&io, move || {
        assert!(pool.home.is_here());
        let (one, two) = (pool.claim().unwrap(), pool.claim().unwrap());
        assert_ne!(one, two);
        assert_eq!(pool.claim(), None);
        // SAFETY: the buffer is claimed, holds eight bytes, and nobody writes to it.
        let part = unsafe { pool.lend_part(one, 2, 3) };
        assert_eq!(part.as_slice(), [0; 3]);
        assert!(!pool.is_sole(one) && pool.is_sole(two));
        pool.unclaim(one);
        assert_eq!(pool.claim(), None);
        drop(part);
        assert_eq!(pool.claim(), Some(one));
    });
}

#[test]
fn a_pool_of_an_ended_context_is_left_alone() {
    let io = io();
    let mut pool = Pool::new(Home::new(io.clone()), 1, 0, 8);
    let pool = at_home(&io, move || {
        drop(borrow(&mut pool));
        pool
    });
    io.end();
    drop(pool);
    assert!(!is_freed(io.context().id()));
}
