//! Tasks that are abandoned while another is: one behind the other, not one inside of the other.
//!
//! Whoever waits gives back, when it is abandoned, what it was granted. That goes to the next one, which may wait on a
//! context that has ended as well, and is then abandoned by the very call that posts it. Done in place, a queue of
//! those would take a stack as long as itself.

#![allow(clippy::missing_const_for_thread_local, reason = "the model checker's takes no `const`")]

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use super::{TaskList, TaskNode, TaskRef};

struct Nest {
    /// Whether a task is being ended on this thread.
    under_way: bool,
    /// Whether the next task that comes was taken from the list.
    called: bool,
    /// Those that came meanwhile, oldest first.
    left: TaskList,
}

crate::primitive::thread_local! {
    static NEST: RefCell<Nest> = RefCell::new(Nest { under_way: false, called: false, left: TaskList::new() });
}

enum Turn {
    Outermost,
    Now,
    Later,
}

/// Ends an abandoned task by `end`: at once, or behind those that are being ended on this thread, by which the task's
/// function is called once more.
///
/// # Safety
///
/// The function of the task of `node` was entered with [`Fate::Abandoned`](super::Fate), and does nothing but this call:
/// the task stays valid until `end` has been called.
pub(crate) unsafe fn in_turn(node: NonNull<TaskNode>, end: impl FnOnce()) {
    let turn = NEST.try_with(|nest| {
        let mut nest = nest.borrow_mut();
        if std::mem::replace(&mut nest.called, false) {
            return Turn::Now;
        }
        if nest.under_way {
            // SAFETY: the task was entered and not ended, so that the right to it is the caller's, who gives it here.
            nest.left.push(unsafe { TaskRef::new(node) });
            return Turn::Later;
        }
        nest.under_way = true;
        Turn::Outermost
    });
    match turn {
        Ok(Turn::Outermost) => {
            let outermost = Outermost;
            end();
            drop(outermost);
        }
        // Nothing is kept while the thread's storage is torn down.
        Ok(Turn::Now) | Err(_) => end(),
        Ok(Turn::Later) => {}
    }
}

/// Ends those that came meanwhile.
struct Outermost;

impl Drop for Outermost {
    fn drop(&mut self) {
        end_those_left();
        let _ = NEST.try_with(|nest| nest.borrow_mut().under_way = false);
    }
}

/// Ends the tasks of this thread that wait for their turn, and says whether there were any.
///
/// Whoever blocks inside of the end of another calls it: it may wait for one of them.
#[cold]
pub(crate) fn end_those_left() -> bool {
    let mut any = false;
    while let Some(task) = next() {
        any = true;
        let _ = catch_unwind(AssertUnwindSafe(|| drop(task)));
    }
    any
}

fn next() -> Option<TaskRef> {
    let next = NEST.try_with(|nest| {
        let mut nest = nest.borrow_mut();
        let task = nest.left.pop();
        nest.called = task.is_some();
        task
    });
    next.ok().flatten()
}
