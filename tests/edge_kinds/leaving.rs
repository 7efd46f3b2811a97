//! What a sender that was promised room leaves behind when it goes.

use fusewire::edge::{Edge, Mpmc, Mpsc, Pop, Push, Pushed};

use super::check_counters;

#[test]
fn what_was_promised_outlives_its_sender() {
    let (mut first, mut receiver) = Mpmc::new().capacity(1).open().expect("an edge");
    let mut second = first.clone();
    let stats = first.stats().expect("counters");
    assert!(first.has_room());
    assert_eq!(second.push(20), Pushed::Ok);
    assert_eq!(first.push(10), Pushed::Ok);
    drop((first, second));
    check_counters(&stats, 2, 0, 0, 2);
    assert!(receiver.is_closed() && receiver.ready());
    assert_eq!((receiver.pop(), receiver.pop(), receiver.pop()), (Some(20), Some(10), None));
    assert!(!receiver.ready());
    check_counters(&stats, 2, 2, 0, 0);
}

/// An edge with a value in its ring, and one that a sender has left behind it, which was 20.
fn with_one_left<E: Edge<u64>>(edge: E) -> (E::Sender, E::Receiver)
where
    E::Sender: Clone,
{
    let (mut sender, receiver) = edge.open().expect("an edge");
    let mut leaver = sender.clone();
    while sender.has_room() {
        assert!(leaver.has_room());
        assert_eq!(sender.push(10), Pushed::Ok);
    }
    assert_eq!(leaver.push(20), Pushed::Ok, "it was promised");
    assert!(!leaver.flush());
    drop(leaver);
    (sender, receiver)
}

#[test]
fn a_batch_takes_what_was_left() {
    let (sender, mut receiver) = with_one_left(Mpmc::new().capacity(1));
    drop(sender);
    let mut came = Vec::new();
    assert_eq!(receiver.pop_batch(8, |n| came.push(n)), 2);
    assert_eq!(came, [10, 20]);
    check_counters(&receiver.stats().expect("counters"), 2, 2, 0, 0);
}

/// Senders that keep the ring filled do not hold up what another one has left.
#[test]
fn what_was_left_comes_in_its_turn() {
    fn run<E: Edge<u64>>(edge: E)
    where
        E::Sender: Clone,
    {
        let (mut sender, mut receiver) = with_one_left(edge);
        assert_eq!(receiver.pop(), Some(10), "what was there before it");
        let mut came = Vec::new();
        for n in 100..110 {
            while sender.has_room() {
                assert_eq!(sender.push(n), Pushed::Ok);
            }
            came.extend(receiver.pop());
        }
        let at = came.iter().position(|&n| n == 20);
        assert!(at.is_some_and(|at| at <= 2), "{came:?}");
    }
    run(Mpsc::new().capacity(2));
    run(Mpmc::new().capacity(2));
}

/// Also several receivers that look at once find it, after all senders are gone.
#[test]
fn what_was_left_is_found_by_whoever_looks_last() {
    for _ in 0..200 {
        let (sender, receiver) = with_one_left(Mpmc::new().capacity(1));
        drop(sender);
        let popping = |mut receiver: <Mpmc as Edge<u64>>::Receiver| {
            move || {
                assert!(receiver.is_closed());
                std::iter::from_fn(|| receiver.pop()).count()
            }
        };
        let threads = [receiver.clone(), receiver].map(|receiver| std::thread::spawn(popping(receiver)));
        assert_eq!(threads.map(|thread| thread.join().expect("a receiver")).iter().sum::<usize>(), 2);
    }
}
