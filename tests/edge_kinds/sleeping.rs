//! Who is woken, by whom, and for how long.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fusewire::edge::{Broadcast, Edge, Mpmc, Mpsc, Pop, Push, Pushed};

#[derive(Debug)]
struct Woken(Arc<AtomicUsize>);

impl fusewire::edge::Wake for Woken {
    fn wake(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn hook() -> (Arc<AtomicUsize>, Box<Woken>) {
    let count = Arc::new(AtomicUsize::new(0));
    (Arc::clone(&count), Box::new(Woken(count)))
}

#[test]
fn who_sleeps_is_woken() {
    let (mut sender, mut receiver) = Mpmc::new().capacity(1).open().expect("an edge");
    let another = receiver.clone();
    let ((first, hook_of_first), (second, hook_of_second), (pushing, hook_of_sender)) =
        (hook(), hook(), hook());
    assert!(receiver.woken_by(hook_of_first) && another.woken_by(hook_of_second));
    assert!(sender.woken_by(hook_of_sender));
    sender.wake();
    assert_eq!((first.load(Ordering::SeqCst), second.load(Ordering::SeqCst)), (1, 1));

    assert_eq!(sender.push(1), Pushed::Ok);
    assert_eq!(receiver.pop(), Some(1));
    assert_eq!(pushing.load(Ordering::SeqCst), 0, "nobody waits for room");
    assert_eq!((sender.push(1), sender.push(2)), (Pushed::Ok, Pushed::Full(2)));
    assert_eq!(receiver.pop(), Some(1));
    assert_eq!(pushing.load(Ordering::SeqCst), 1);
    assert_eq!((sender.push(1), sender.has_room()), (Pushed::Ok, false));
    assert_eq!((receiver.pop(), receiver.pop()), (Some(1), None));
    assert_eq!(pushing.load(Ordering::SeqCst), 2);

    drop(another);
    sender.wake();
    assert_eq!((first.load(Ordering::SeqCst), second.load(Ordering::SeqCst)), (2, 1), "one is gone");
    drop(sender.clone());
    let before = pushing.load(Ordering::SeqCst);
    drop(receiver);
    assert!(sender.is_closed() && pushing.load(Ordering::SeqCst) > before);
}

#[test]
fn who_sleeps_is_woken_when_the_edge_is_closed() {
    let (sender, receiver) = Edge::<u64>::open(Mpmc::new().capacity(1)).expect("an edge");
    let (woken, hook) = hook();
    assert!(receiver.woken_by(hook));
    drop(sender);
    assert!(receiver.is_closed() && woken.load(Ordering::SeqCst) == 1);
}

/// A sender that holds a value for which another took the room is woken when there is some.
#[test]
fn who_has_a_value_aside_is_woken() {
    let asks: [fn(&mut <Mpsc as Edge<u64>>::Sender) -> bool; 3] =
        [|sender| sender.has_room(), |sender| sender.flush(), |sender| sender.push(3) == Pushed::Ok];
    for ask in asks {
        let (mut sender, mut receiver) = Mpsc::new().capacity(1).open().expect("an edge");
        let mut another = sender.clone();
        let (woken, hook) = hook();
        assert!(sender.woken_by(hook) && sender.has_room());
        assert_eq!((another.push(1), sender.push(2)), (Pushed::Ok, Pushed::Ok));
        assert!(!ask(&mut sender), "there is no room for what is aside");
        assert_eq!((receiver.pop(), woken.load(Ordering::SeqCst)), (Some(1), 1));
        assert!(sender.flush());
        assert_eq!(receiver.pop(), Some(2));
    }
}

/// A batch makes room also if what it is shown to panics.
#[test]
fn a_panic_in_a_batch_wakes_who_waits_for_room() {
    let (mut sender, mut receiver) = Mpmc::new().capacity(1).open().expect("an edge");
    let (woken, hook_of_sender) = hook();
    assert!(sender.woken_by(hook_of_sender));
    assert_eq!((sender.push(1), sender.push(2)), (Pushed::Ok, Pushed::Full(2)));
    let planted = |_: u64| panic!("a planted panic");
    assert!(catch_unwind(AssertUnwindSafe(|| receiver.pop_batch(1, planted))).is_err());
    assert_eq!((sender.push(2), woken.load(Ordering::SeqCst)), (Pushed::Ok, 1));

    let (mut sender, mut receiver) = Broadcast::new().capacity(2).open().expect("an edge");
    let (woken, hook_of_sender) = hook();
    assert!(sender.woken_by(hook_of_sender));
    assert_eq!((sender.push(1), sender.push(2), sender.push(3)), (Pushed::Ok, Pushed::Ok, Pushed::Full(3)));
    let planted = |&n: &u64| assert_ne!(n, 2, "a planted panic");
    assert!(catch_unwind(AssertUnwindSafe(|| receiver.pop_batch(2, planted))).is_err());
    assert_eq!((sender.push(3), woken.load(Ordering::SeqCst)), (Pushed::Ok, 1));
}

/// Ends that come and go leave no hook behind.
#[test]
fn a_hook_is_given_back_with_its_end() {
    let (mut sender, receiver) = Broadcast::new().capacity(1).receivers(2).open().expect("an edge");
    let (of_those_who_left, of_who_stays) = (hook().0, hook());
    assert!(receiver.woken_by(of_who_stays.1));
    for _ in 0..100 {
        let passing = receiver.try_clone().expect("room for two");
        let count = Arc::clone(&of_those_who_left);
        assert!(passing.woken_by(Box::new(Woken(count))), "there is room for 16");
    }
    let refused = (0..20).map(|_| receiver.woken_by(hook().1)).filter(|woken| !woken).count();
    assert_eq!(refused, 5, "15 beside the first");
    assert_eq!(sender.push(1), Pushed::Ok);
    sender.wake();
    assert_eq!(of_those_who_left.load(Ordering::SeqCst), 0, "nobody wakes who is gone");
    assert_eq!(of_who_stays.0.load(Ordering::SeqCst), 1);
}
