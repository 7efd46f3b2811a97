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

/// How many pools of `context` were freed.
pub(super) fn frees(context: ContextId) -> usize {
    FREED.lock().unwrap().get(&context).copied().unwrap_or(0)
}

pub(super) fn is_freed(context: ContextId) -> bool {
    frees(context) != 0
}

#[track_caller]
pub(super) fn wait_until_freed(context: ContextId, pools: usize) {
    let began = Instant::now();
    while frees(context) < pools {
        assert!(began.elapsed() < Duration::from_secs(10), "the pool is never freed");
        std::thread::yield_now();
    }
    assert_eq!(frees(context), pools);
}

/// Runs `work` on the thread of `io` and hands back what it made.
pub(super) fn at_home<T: Send + 'static>(io: &Io, work: impl FnOnce() -> T + Send + 'static) -> T {
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
    io_that(Wait::Park)
}

pub(super) fn io_that(wait: Wait) -> Io {
    Io::builder().wait(wait).build().unwrap()
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
    wait_until_freed(io.context().id(), 1);
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
fn a_view_dropped_elsewhere_comes_back_when_the_free_ones_run_out() {
    let io = io();
    let mut pool = Pool::new(Home::new(io.clone()), 2, 0, 8);
    let (mut pool, views) = at_home(&io, move || {
        let views = [borrow(&mut pool), borrow(&mut pool)];
        assert!(pool.claim().is_none());
        (pool, views)
    });
    let buffers = views.each_ref().map(|view| view.buffer);
    drop(views);
    at_home(&io, move || {
        assert!(pool.home.is_here());
        let mut claimed = [pool.claim().unwrap(), pool.claim().unwrap()];
        assert!(pool.claim().is_none());
        claimed.sort_unstable();
        assert_eq!(claimed, [buffers[0].min(buffers[1]), buffers[0].max(buffers[1])]);
    });
    wait_until_freed(io.context().id(), 1);
}

#[test]
fn parts_dropped_elsewhere_leave_the_owner_alone_with_its_buffer() {
    let io = io();
    let mut pool = Pool::new(Home::new(io.clone()), 1, 0, 8);
    let (mut pool, parts) = at_home(&io, move || {
        assert!(pool.home.is_here());
        let buffer = pool.claim().unwrap();
        // SAFETY: the buffer is claimed, holds eight bytes, and nobody writes to it.
        let parts = [0, 2, 4].map(|start| unsafe { pool.lend_part(buffer, start, 2) });
        assert!(!pool.is_sole(buffer));
        (pool, parts)
    });
    let [one, two, three] = parts;
    drop([one, two]);
    let mut pool = at_home(&io, move || {
        assert!(!pool.is_sole(0));
        pool
    });
    drop(three);
    at_home(&io, move || {
        assert!(pool.is_sole(0));
        pool.unclaim(0);
        assert_eq!(pool.claim(), Some(0));
    });
    wait_until_freed(io.context().id(), 1);
}

#[test]
fn the_last_view_frees_its_pool_from_another_thread() {
    for owner_elsewhere in [false, true] {
        let io = io();
        let id = io.context().id();
        let mut pool = Pool::new(Home::new(io.clone()), 4, 0, 8);
        let (pool, views) = at_home(&io, move || {
            let views = [borrow(&mut pool), borrow(&mut pool), borrow(&mut pool)];
            (owner_elsewhere.then_some(pool), views)
        });
        let [before, after, last] = views;
        drop(before);
        drop(pool);
        // Behind the pool's way home.
        at_home(&io, || ());
        drop(after);
        assert!(!is_freed(id));
        assert_eq!(last.as_slice(), [0; 8]);
        drop(last);
        assert!(is_freed(id));
    }
}

#[test]
fn an_ended_context_leaves_the_pool_to_those_who_have_it() {
    for owner_first in [false, true] {
        let io = io();
        let id = io.context().id();
        let mut pool = Pool::new(Home::new(io.clone()), 2, 0, 8);
        let (pool, view) = at_home(&io, move || {
            // This one goes when the thread does, whichever comes first.
            KEPT.set(Some(borrow(&mut pool)));
            let view = borrow(&mut pool);
            (pool, view)
        });
        io.end();
        assert!(!is_freed(id));
        if owner_first {
            drop(pool);
            assert!(!is_freed(id));
            drop(view);
        } else {
            drop(view);
            assert!(!is_freed(id));
            drop(pool);
        }
        assert!(is_freed(id));
    }
}

#[test]
fn a_pool_of_an_ended_context_is_freed_by_its_owner() {
    let io = io();
    let pools = [1, 2, 3].map(|count| Pool::new(Home::new(io.clone()), count, 0, 8));
    let [one, two, three] = at_home(&io, move || {
        pools.map(|mut pool| {
            drop(borrow(&mut pool));
            pool
        })
    });
    let count = || frees(io.context().id());
    // Out of the middle of the thread's list.
    at_home(&io, move || drop(two));
    assert_eq!(count(), 1);
    io.end();
    drop(one);
    assert_eq!(count(), 2);
    drop(three);
    assert_eq!(count(), 3);
}
