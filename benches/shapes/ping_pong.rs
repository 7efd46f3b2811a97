//! A value to another lane and back, over two edges: the next one goes when the last has come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;
use fusewire::context::{MayBlock, Scheduler};
use fusewire::graph::Graph;
use fusewire::prelude::*;

/// What the two ends of the way share, which are in one lane: the number of the ping that is due.
#[derive(Debug, Default)]
pub struct Serve(AtomicU64);

impl Serve {
    /// After this number there are no more pings.
    const NO_MORE: u64 = u64::MAX;

    /// The last ping that was asked for; 0 before the first.
    #[inline(always)]
    pub fn due(&self) -> u64 {
        // ORDERING: relaxed, one lane uses it.
        self.0.load(Ordering::Relaxed)
    }

    /// Asks for ping number `n`, which no ping before had.
    #[inline(always)]
    pub fn ask(&self, n: u64) {
        // ORDERING: relaxed, one lane uses it.
        self.0.store(n, Ordering::Relaxed);
    }

    /// Asks for the end of the graph.
    #[inline(always)]
    pub fn end(&self) {
        self.ask(Self::NO_MORE);
    }
}

/// Gives each ping that is asked for, once.
struct Pings<const WORDS: usize> {
    serve: Arc<CachePadded<Serve>>,
    served: u64,
}

impl<const WORDS: usize> Source for Pings<WORDS> {
    type Value = [u64; WORDS];
    type Error = Never;

    #[inline(always)]
    fn take(&mut self) -> Taken<Self::Value, Never> {
        let due = self.serve.due();
        if due == self.served {
            return Taken::Empty;
        }
        if due == Serve::NO_MORE {
            return Taken::Ended;
        }
        self.served = due;
        Taken::Value([due; WORDS])
    }
}

/// Pings of `WORDS` words from `here` to `there` and back, over edges of that capacity.
///
/// Each is a number, repeated; what comes back has the first word raised by one. `echoed` is told
/// the number over there, `returned` has the value that came back.
pub fn graph<const WORDS: usize, C: Scheduler<Runs = MayBlock>>(
    serve: &Arc<CachePadded<Serve>>,
    (here, there): (C, C),
    capacity: usize,
    mut echoed: impl FnMut(u64) + Send + 'static,
    mut returned: impl FnMut([u64; WORDS]) + Send + 'static,
) -> impl Graph {
    let pings = Pings { serve: serve.clone(), served: serve.due() };
    fuse! {
        source(pings)
            .then(on(there).capacity(capacity))
            .map(move |mut value: [u64; WORDS]| {
                echoed(value[0]);
                value[0] += 1;
                value
            })
            .then(on(here).capacity(capacity))
            .for_each(move |value: [u64; WORDS]| returned(value))
    }
}
