//! What is spawned belongs to a scope: it runs where it should, is counted until nothing of it is left, and
//! ends whatever happens: values, panics, stops, and contexts that go away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::alloc::{Recycling, Tracked};
use fusewire::prelude::*;
use fusewire::source::Taken;

mod ends;
mod join;
mod runs;
mod stops;

#[path = "../protocol/ladder.rs"]
#[allow(dead_code, unused_macros, unused_imports, reason = "the rungs of adaptors; this suite needs some")]
mod ladder;
#[path = "../protocol/script.rs"]
#[allow(dead_code, reason = "as above")]
mod script;

/// Counts how many of it there are.
#[derive(Debug)]
struct Live(Arc<AtomicUsize>);

impl Live {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tracked() -> Arc<Tracked<Recycling>> {
    Arc::new(Tracked::new(Recycling))
}

/// Waits for ever, or for a stop.
fn endless() -> impl Sender<Value = (), Error = Never> + Send + 'static {
    poll_fn(|| Taken::<(), Never>::Empty)
}

fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !happened() {
        assert!(Instant::now() < until, "{what}");
        thread::yield_now();
    }
}
