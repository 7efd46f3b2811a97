//! One pair of processes after another over the same ring: what the next one finds, and what it is given again.

use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::edge::Pushed;
use fusewire::edge::shm::layout::{AT_CAPACITY, AT_SLOTS, AT_TOTAL, Shape};
use fusewire::edge::shm::{End, Foreign, Peer, Shm, ShmError, shm, shm_fd};

use crate::support::{Name, part};

const LIMIT: Duration = Duration::from_secs(60);

/// What a receiver gets that takes all there is until the sender is closed.
fn all(ring: &Shm) -> Vec<u64> {
    let mut receiver = ring.receiver::<u64>().unwrap();
    let mut seen = Vec::new();
    loop {
        let closed = receiver.is_closed();
        match receiver.pop() {
            Some(value) => seen.push(value),
            None if closed => return seen,
            None => assert!(receiver.wait(LIMIT)),
        }
    }
}

fn push(ring: &Shm, values: std::ops::Range<u64>) {
    let mut sender = ring.sender::<u64>().unwrap();
    for n in values {
        while let Pushed::Full(_) = sender.push(n) {
            assert!(sender.wait(LIMIT) && !sender.is_closed(), "the receiver of this run is there");
        }
        sender.wake();
    }
}

#[test]
fn an_end_is_free_when_it_is_dropped_whoever_still_looks() {
    let name = Name::new();
    let ring = name.shm();
    for _ in 0..3 {
        let (sender, receiver) = (ring.sender::<u64>().unwrap(), ring.receiver::<u64>().unwrap());
        let (of_sender, of_receiver) = (sender.watch().unwrap(), receiver.watch().unwrap());
        drop((sender, receiver));
        assert!(matches!(of_sender.peer(End::Consumer), Peer::Closed(_)));
        let again = (ring.sender::<u64>(), ring.receiver::<u64>());
        assert!(again.0.is_ok() && again.1.is_ok(), "{again:?}");
        drop((of_sender, of_receiver));
    }
}

#[test]
fn the_next_pair_starts_afresh_whoever_comes_first() {
    const VALUES: u64 = 50;
    let name = Name::new();
    let ring = name.shm().capacity(4);
    for run in 0..6 {
        let seen = thread::scope(|scope| {
            let popping = scope.spawn(|| all(&ring));
            if run % 2 == 0 {
                // The receiver is there first, and waits for this sender.
                let watch = loop {
                    match ring.watch() {
                        Ok(watch) => break watch,
                        Err(_) => thread::yield_now(),
                    }
                };
                let limit = Instant::now() + LIMIT;
                while !matches!(watch.peer(End::Consumer), Peer::Alive(_)) && !popping.is_finished() {
                    assert!(Instant::now() < limit, "the receiver does not attach");
                    thread::yield_now();
                }
            }
            push(&ring, 0..VALUES);
            popping.join().unwrap()
        });
        assert!(seen.iter().copied().eq(0..VALUES), "run {run}: {seen:?}");
    }
}

#[test]
fn a_sender_that_is_done_before_its_receiver_comes_is_not_missed() {
    let name = Name::new();
    let ring = name.shm().capacity(8);
    for run in 0..4 {
        push(&ring, 0..5);
        if run % 2 == 1 {
            // Two senders, one after the other, and one receiver.
            push(&ring, 5..8);
        }
        assert!(all(&ring).into_iter().eq(0..if run % 2 == 1 { 8 } else { 5 }), "run {run}");
    }
}

#[test]
fn a_sender_of_the_next_run_does_not_take_the_former_receiver_for_its_own() {
    let name = Name::new();
    let ring = name.shm().capacity(4);
    push(&ring, 0..4);
    assert_eq!(all(&ring).len(), 4);
    let sender = ring.sender::<u64>().unwrap();
    assert!(!sender.is_closed(), "that receiver was of the former run");
    let receiver = ring.receiver::<u64>().unwrap();
    assert!(!receiver.is_closed() && !sender.is_closed());
    drop(receiver);
    assert!(sender.is_closed(), "that one was of this run");
}

#[test]
fn what_a_buried_consumer_had_is_counted_as_it_comes_again() {
    let Some((part, ring)) = part() else {
        let name = Name::new();
        let ring = name.shm().capacity(8);
        let mut sender = ring.sender::<u64>().unwrap();
        (0..5).for_each(|n| assert_eq!(sender.push(n), Pushed::Ok));
        let mut child =
            name.child("runs::what_a_buried_consumer_had_is_counted_as_it_comes_again", "takes three");
        assert!(!child.0.wait().unwrap().success(), "it was to be killed");
        assert!(ring.watch().unwrap().bury(End::Consumer).unwrap());
        let mut receiver = ring.receiver::<u64>().unwrap();
        let counters = receiver.counters();
        assert_eq!((counters.redelivered, counters.consumer_deaths), (3, 1));
        assert_eq!(receiver.pop(), Some(0));
        return;
    };
    if part == "takes three" {
        let mut receiver = ring.receiver::<u64>().unwrap();
        (0..3).for_each(|n| assert_eq!(receiver.pop_deferred(), Some(n)));
        // SAFETY: a number; nothing is run afterwards.
        unsafe { libc::raise(libc::SIGKILL) };
    }
}

#[test]
fn a_panic_hands_nothing_back() {
    let name = Name::new();
    let ring = name.shm().capacity(8);
    let mut sender = ring.sender::<u64>().unwrap();
    (0..5).for_each(|n| assert_eq!(sender.push(n), Pushed::Ok));
    let mut receiver = ring.receiver::<u64>().unwrap();
    let panicked = catch_unwind(AssertUnwindSafe(move || {
        assert_eq!((receiver.pop(), receiver.pop_deferred()), (Some(0), Some(1)));
        std::panic::resume_unwind(Box::new("in the midst of a value"));
    }));
    assert!(panicked.is_err());
    assert!(sender.is_closed());
    let mut receiver = ring.receiver::<u64>().unwrap();
    assert_eq!((receiver.counters().redelivered, receiver.pop()), (1, Some(1)));
}

/// A file that says it is large, and has nothing inside: it is not for us to find its memory.
#[test]
fn a_foreign_file_does_not_decide_how_much_memory_we_take() {
    const SLOTS: u64 = 1 << 24;
    let small = File::from(shm("").capacity(16).sealed::<u64>().unwrap());
    let mut header = vec![0; AT_SLOTS];
    small.read_exact_at(&mut header, 0).unwrap();
    let total = Shape::of(8).total(SLOTS).unwrap() as u64;
    for (at, word) in [(AT_CAPACITY, SLOTS), (AT_TOTAL, total)] {
        header[at..at + 8].copy_from_slice(&word.to_ne_bytes());
    }
    // SAFETY: the name ends with a zero.
    let fd = unsafe { libc::memfd_create(c"sparse".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING) };
    assert!(fd >= 0);
    // SAFETY: just made, and nobody else's.
    let sparse = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
    sparse.set_len(total).unwrap();
    sparse.write_all_at(&header, 0).unwrap();
    // SAFETY: two numbers.
    assert_eq!(unsafe { libc::fcntl(sparse.as_raw_fd(), libc::F_ADD_SEALS, libc::F_SEAL_SHRINK) }, 0);
    let ring = shm_fd(sparse.try_clone().unwrap().into());
    let holes = |refused: ShmError| matches!(refused, ShmError::Foreign { why: Foreign::Holes { .. }, .. });
    assert!(holes(ring.receiver::<u64>().unwrap_err()));
    assert!(holes(ring.sender::<u64>().unwrap_err()));
    assert!(holes(ring.watch().unwrap_err()));
    use std::os::unix::fs::MetadataExt;
    assert!(sparse.metadata().unwrap().blocks() < 1000, "memory was taken");
}
