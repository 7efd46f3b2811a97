//! The shelf under the model checker: every job goes to one taker, who sees it whole.

use std::ptr::NonNull;

use loom::sync::Arc;
use loom::thread;

use super::Shelf;
use crate::primitive::UnsafeCell;
use crate::work::{Fate, TaskNode};

#[repr(C)]
struct Note {
    // First, so that the address stands for the note.
    node: TaskNode,
    name: UnsafeCell<u32>,
}

fn note(name: u32) -> NonNull<TaskNode> {
    NonNull::from(Box::leak(Box::new(Note { node: TaskNode::new(never), name: UnsafeCell::new(name) })))
        .cast()
}

/// # Safety
///
/// None: it does nothing.
unsafe fn never(_: NonNull<TaskNode>, _: Fate) {}

/// Reads and frees a note.
fn read(node: NonNull<TaskNode>) -> u32 {
    // SAFETY: `note` leaked it, and whoever took it off the shelf has it alone; a second taker would be a double free, which loom's
    // cell and its count of leaks report.
    let note = unsafe { Box::from_raw(node.cast::<Note>().as_ptr()) };
    // SAFETY: as above.
    note.name.with(|name| unsafe { *name })
}

#[test]
fn a_job_has_one_taker_who_sees_it() {
    loom::model(|| {
        let shelf = Arc::new(Shelf::new());
        let thieves = [(); 2].map(|()| {
            let shelf = Arc::clone(&shelf);
            thread::spawn(move || shelf.steal().map(read))
        });
        let job = note(1);
        assert!(shelf.is_free(0));
        shelf.put(0, job);
        let own = shelf.take_back(0, job).then(|| read(job));
        let taken = thieves.map(|thief| thief.join().unwrap());
        let takers: Vec<u32> = taken.into_iter().chain([own]).flatten().collect();
        assert_eq!(takers, [1]);
    });
}

#[test]
fn a_place_is_filled_again_after_a_theft() {
    loom::model(|| {
        let shelf = Arc::new(Shelf::new());
        let thief = {
            let shelf = Arc::clone(&shelf);
            thread::spawn(move || [shelf.steal().map(read), shelf.steal().map(read)])
        };
        shelf.put(0, note(1));
        let kept = if shelf.is_free(0) {
            shelf.put(0, note(2));
            None
        } else {
            Some(2)
        };
        let mut taken: Vec<u32> = thief.join().unwrap().into_iter().flatten().chain(kept).collect();
        while let Some(left) = shelf.steal() {
            taken.push(read(left));
        }
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
    });
}
