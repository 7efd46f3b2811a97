//! The task queue under the model checker: nothing lost, doubled, or out of a poster's order.

use std::ptr::NonNull;

use loom::sync::{Arc, Mutex};
use loom::thread;

use super::{Fate, TaskNode, TaskQueue, TaskRef};

#[repr(C)]
struct Note {
    // First, so that the task finds its note.
    node: TaskNode,
    name: u32,
    seen: Arc<Mutex<Vec<(u32, Fate)>>>,
}

fn note(name: u32, seen: &Arc<Mutex<Vec<(u32, Fate)>>>) -> TaskRef {
    let note = Box::new(Note { node: TaskNode::new(run), name, seen: seen.clone() });
    let node = NonNull::from(Box::leak(note)).cast();
    // SAFETY: the note stays where it is until its task runs, and this is the only reference.
    unsafe { TaskRef::new(node) }
}

/// # Safety
///
/// `node` is the first field of a leaked `Note`.
unsafe fn run(node: NonNull<TaskNode>, fate: Fate) {
    // SAFETY: `note` leaked it, and its task runs once.
    let note = unsafe { Box::from_raw(node.cast::<Note>().as_ptr()) };
    note.seen.lock().unwrap().push((note.name, fate));
}

#[test]
fn two_posters_and_a_context() {
    loom::model(|| {
        let queue = Arc::new(TaskQueue::new());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let posters: Vec<_> = [[1, 2], [11, 12]]
            .into_iter()
            .map(|names| {
                let (queue, seen) = (queue.clone(), seen.clone());
                thread::spawn(move || {
                    for name in names {
                        queue.push(note(name, &seen));
                    }
                })
            })
            .collect();
        queue.take().for_each(TaskRef::run);
        posters.into_iter().for_each(|poster| poster.join().unwrap());
        queue.take().for_each(TaskRef::run);
        assert!(queue.is_empty());
        let seen = seen.lock().unwrap();
        assert!(seen.iter().all(|(_, fate)| *fate == Fate::Run));
        for poster in [[1, 2], [11, 12]] {
            let order: Vec<_> =
                seen.iter().map(|(name, _)| *name).filter(|name| poster.contains(name)).collect();
            assert_eq!(order, poster);
        }
    });
}

#[test]
fn a_queue_that_is_dropped_abandons() {
    loom::model(|| {
        let queue = Arc::new(TaskQueue::new());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let poster = {
            let (queue, seen) = (queue.clone(), seen.clone());
            thread::spawn(move || {
                queue.push(note(1, &seen));
            })
        };
        drop(queue);
        poster.join().unwrap();
        assert_eq!(*seen.lock().unwrap(), [(1, Fate::Abandoned)]);
    });
}
