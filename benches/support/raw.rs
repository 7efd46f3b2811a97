//! The floor: one word in one cache line, there and back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;

use super::clock::ticks;

/// One line each way.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    there: CachePadded<AtomicU64>,
    back: CachePadded<AtomicU64>,
}

/// The timed half and the half that echoes.
pub(crate) fn ping_pong() -> (impl FnMut(usize, &mut Vec<u32>) + Send, impl FnMut(usize) + Send) {
    let lines = Arc::new(Lines::default());
    let echoing = Arc::clone(&lines);
    let (mut sent, mut echoed) = (0, 0);
    let timed = move |trips, stamps: &mut Vec<u32>| {
        let mut last = ticks();
        for _ in 0..trips {
            sent += 1;
            // ORDERING: release and acquire, as a hop needs them; the pair is in `echo`.
            lines.there.store(sent, Ordering::Release);
            while lines.back.load(Ordering::Acquire) != sent {}
            let now = ticks();
            stamps.push((now - last) as u32);
            last = now;
        }
    };
    let echo = move |trips| {
        for _ in 0..trips {
            echoed += 1;
            // ORDERING: acquire and release, as a hop needs them; the pair is in `timed`.
            while echoing.there.load(Ordering::Acquire) != echoed {}
            echoing.back.store(echoed, Ordering::Release);
        }
    };
    (timed, echo)
}
