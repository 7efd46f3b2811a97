//! What a crowd keeps of deadlines.

use std::ptr::NonNull;
use std::time::{Duration, Instant};

use super::{Crowd, locked};
use crate::context::io::Io;
use crate::context::{Context, Scheduler};
use crate::primitive::{AtomicUsize as Counter, Ordering};
use crate::stop::StopToken;
use crate::work::{Fate, TaskNode, TaskRef};

/// Tasks that have run.
static RAN: Counter = Counter::new(0);

/// # Safety
///
/// `node` came from a box.
unsafe fn run(node: NonNull<TaskNode>, _: Fate) {
    // SAFETY: the caller says so, and a task runs once.
    drop(unsafe { Box::from_raw(node.as_ptr()) });
    RAN.fetch_add(1, Ordering::SeqCst);
}

fn task() -> TaskRef {
    let node = NonNull::from(Box::leak(Box::new(TaskNode::new(run))));
    // SAFETY: the node stays until its task was entered, and may be freed by any thread.
    unsafe { TaskRef::new(node) }
}

#[test]
fn a_long_wait_keeps_one_entry_while_short_ones_come_and_go() {
    let io = Io::builder().build().unwrap();
    let crowd = Crowd::new(&io, StopToken::never(), None).unwrap();
    let (seat, until) = (crowd.seat(), Instant::now() + Duration::from_secs(3600));
    let limit = Instant::now() + Duration::from_secs(60);
    for round in 1..=50 {
        seat.place.post_waiting(task(), Some(until));
        seat.place.post_waiting(task(), Some(Instant::now()));
        // The place is not used from its own thread here: the sweep must hear of it.
        io.context().nudge();
        while RAN.load(Ordering::SeqCst) < 2 * round || !locked(&seat.place.own).timers.ends_with(&[until]) {
            assert!(Instant::now() < limit, "a task that is due does not run");
            std::thread::yield_now();
        }
    }
    let entries = locked(&crowd.shared).timers.len();
    assert_eq!((entries, locked(&seat.place.own).timers.len()), (1, 1));
}
