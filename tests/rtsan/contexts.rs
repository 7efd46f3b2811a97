//! Graphs on contexts that are turned under the sanitizer's eyes: the loop of the host, its tasks, and the lanes on it.

use crate::graphs::{Running, broadcasts, cycles, hops, merges, pushes_and_receives, shards};

/// Messages that make what is made once.
const WARM: u64 = 2_000;
/// Messages by the end.
const MESSAGES: u64 = 10_000;

pub(crate) fn all() {
    broadcasts(check);
    shards(check);
    merges(check);
    cycles(check);
    hops(check);
    pushes_and_receives(check);
}

pub(crate) fn check(graphs: Running) {
    println!("{}", graphs.name());
    assert!(turns(&graphs, WARM), "{}: stuck or ended at {}", graphs.name(), graphs.seen());
    assert!(nonblocking(&graphs, MESSAGES), "{}: stuck or ended at {}", graphs.name(), graphs.seen());
    assert!(!graphs.has_ended(), "{}: it ended", graphs.name());
    graphs.abandon();
}

/// Turns the contexts until so many messages have come to the end. Whether they have, before nothing moved on any more.
fn turns(graphs: &Running, messages: u64) -> bool {
    let mut idle = 0;
    while graphs.seen() < messages && idle < 1_000 {
        idle = if graphs.round() { 0 } else { idle + 1 };
    }
    graphs.seen() >= messages
}

#[inline(never)]
#[cfg_attr(fusewire_rtsan, sanitize(realtime = "nonblocking"))]
fn nonblocking(graphs: &Running, messages: u64) -> bool {
    turns(graphs, messages)
}
