//! Model checks of the hand-over: what waits when the sender leaves reaches the receiver, in order, once.

use loom::thread;

use super::super::{Pop, Push, Pushed, Spsc};
use super::Spill;

#[test]
fn what_is_spilled_is_handed_over() {
    loom::model(|| {
        let (mut sender, mut receiver) = Spsc::new().capacity(1).policy(Spill(2)).open::<Box<u32>>().unwrap();
        let pushing = thread::spawn(move || {
            for n in 0..3 {
                assert!(matches!(sender.push(Box::new(n)), Pushed::Ok));
            }
        });
        let mut next = 0;
        loop {
            let closed = receiver.is_closed();
            match receiver.pop() {
                Some(n) => {
                    assert_eq!(*n, next);
                    next += 1;
                }
                None if closed => break,
                None => thread::yield_now(),
            }
        }
        assert_eq!(next, 3);
        pushing.join().unwrap();
    });
}

#[test]
fn a_receiver_that_leaves_first_loses_nothing_twice() {
    loom::model(|| {
        let (mut sender, mut receiver) = Spsc::new().capacity(1).policy(Spill(1)).open::<Box<u32>>().unwrap();
        let popping = thread::spawn(move || {
            receiver.pop().inspect(|n| assert_eq!(**n, 0));
        });
        for n in 0..2 {
            assert!(matches!(sender.push(Box::new(n)), Pushed::Ok));
        }
        drop(sender);
        popping.join().unwrap();
    });
}
