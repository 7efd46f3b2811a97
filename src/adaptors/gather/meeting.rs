//! Where ports that arrive, on any thread, meet the one that drives.

use std::ptr::NonNull;

use crate::primitive::{AtomicBool, Ordering, UnsafeCell};
use crate::work::{TaskNode, TaskQueue, TaskRef, Tasks};

/// A queue of what has arrived, and whether somebody waits for it.
///
/// One at a time drives, and takes from the queue. When there is nothing left it [waits](Self::wait): the right to drive
/// then goes to the first that [arrives](Self::arrive).
pub(super) struct Meeting {
    queue: TaskQueue,
    // INVARIANT: taken from the queue, and used by who drives.
    taken: UnsafeCell<Tasks>,
    // Whether nobody drives because there was nothing.
    waits: AtomicBool,
}

impl Meeting {
    pub(super) fn new() -> Self {
        Self { queue: TaskQueue::new(), taken: UnsafeCell::new(Tasks::none()), waits: AtomicBool::new(false) }
    }

    /// Arrives. Whether the right to drive is the caller's now.
    pub(super) fn arrive(&self, task: TaskRef) -> bool {
        self.queue.push(task);
        // ORDERING: release publishes the push for the exchange in `wait`; acquire pairs with the release of that, so that
        // who drives next sees what the last one left.
        self.waits.swap(false, Ordering::AcqRel)
    }

    /// Gives the right to drive to the next that arrives; false if one has already, and the caller drives on.
    pub(super) fn wait(&self) -> bool {
        // ORDERING: release publishes what the driver leaves; acquire pairs with the release in `arrive`: an exchange there that
        // came before this one is seen here with its push, one that comes after finds the flag.
        self.waits.swap(true, Ordering::AcqRel);
        if self.queue.is_empty() {
            return true;
        }
        // ORDERING: as above. Whoever finds the flag set drives.
        !self.waits.swap(false, Ordering::AcqRel)
    }

    /// The node of the task that arrived first. Its port is the caller's now.
    ///
    /// # Safety
    ///
    /// The caller drives.
    pub(super) unsafe fn next(&self) -> Option<NonNull<TaskNode>> {
        self.taken.with_mut(|taken| {
            // SAFETY: only who drives comes here.
            let taken = unsafe { &mut *taken };
            let task = taken.next().or_else(|| {
                if self.queue.is_empty() {
                    return None;
                }
                *taken = self.queue.take();
                taken.next()
            });
            task.map(TaskRef::into_node)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::ptr::NonNull;

    use super::Meeting;
    use crate::primitive::{Arc, AtomicUsize, Ordering, UnsafeCell};
    use crate::work::{Fate, TaskNode, TaskRef};

    #[cfg(loom)]
    use loom::thread;
    #[cfg(not(loom))]
    use std::thread;

    #[cfg(loom)]
    fn check(test: impl Fn() + Sync + Send + 'static) {
        loom::model(test);
    }

    #[cfg(not(loom))]
    fn check(test: impl Fn() + Sync + Send + 'static) {
        (0..1000).for_each(|_| test());
    }

    unsafe fn nothing(_: NonNull<TaskNode>, _: Fate) {}

    struct Place {
        meeting: Meeting,
        nodes: [TaskNode; 2],
        // What only who drives may touch.
        driven: UnsafeCell<usize>,
        over: AtomicUsize,
    }

    // SAFETY: the nodes are used by who has their task, `driven` by who drives.
    unsafe impl Send for Place {}
    // SAFETY: as above.
    unsafe impl Sync for Place {}

    impl Place {
        /// Takes what has arrived, until the right to drive is given away or everything was there.
        fn drive(&self) {
            loop {
                // SAFETY: called by who drives.
                while unsafe { self.meeting.next() }.is_some() {
                    // SAFETY: as above.
                    self.driven.with_mut(|driven| unsafe { *driven += 1 });
                }
                // SAFETY: as above.
                if self.driven.with(|driven| unsafe { *driven }) == self.nodes.len() {
                    // ORDERING: relaxed, joining the threads orders it.
                    self.over.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                if self.meeting.wait() {
                    return;
                }
            }
        }

        fn arrive(&self, index: usize) {
            // SAFETY: the node stays until the test is over, and its only task is made here.
            let task = unsafe { TaskRef::new(NonNull::from(&self.nodes[index])) };
            if self.meeting.arrive(task) {
                self.drive();
            }
        }
    }

    /// Two arrive while one drives and waits: each is taken once, by one driver at a time, and the last is not left alone.
    #[test]
    fn every_arrival_is_driven() {
        check(|| {
            let place = Arc::new(Place {
                meeting: Meeting::new(),
                nodes: [TaskNode::new(nothing), TaskNode::new(nothing)],
                driven: UnsafeCell::new(0),
                over: AtomicUsize::new(0),
            });
            let arrivals = [0, 1].map(|index| {
                let place = Arc::clone(&place);
                thread::spawn(move || place.arrive(index))
            });
            place.drive();
            for arrival in arrivals {
                arrival.join().unwrap();
            }
            // ORDERING: relaxed, the threads were joined.
            assert_eq!(place.over.load(Ordering::Relaxed), 1);
        });
    }
}
