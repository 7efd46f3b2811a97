//! Model checks of the steps of both ends: every interleaving, and every value that a load may see. Indices wrap in each.
//!
//! The memory is the words that the steps use, each an atomic of the model. A process that dies is one that goes no further;
//! the system's lock orders what it did before what its successor does, as one thread does here.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test --release --lib model`.

use loom::thread;

use super::Process;
use super::layout::{
    AT_HEAD, AT_SLOTS, BELL_ASLEEP, BELL_SILENT, CONSUMER_REDELIVERED, CONSUMER_TAKEN, END_BELL, END_DEATHS,
    END_GENERATION, END_PID, END_SLEEPS, END_STARTED, END_STATE, End, Shape,
};
use super::memory::Memory;
use super::popping::Popping;
use super::pushing::Pushing;
use super::ring::{Of, Ring};
use crate::primitive::{AtomicU64, Ordering, fence};

const OF_AN_END: [usize; 9] = [
    END_STATE,
    END_PID,
    END_STARTED,
    END_GENERATION,
    END_DEATHS,
    END_SLEEPS,
    CONSUMER_REDELIVERED,
    CONSUMER_TAKEN,
    END_BELL,
];
const HEADER: usize = 1 + 2 * OF_AN_END.len();

/// The words of a ring, for one run of a model, and whether who asks if the other end sleeps is as far as a barrier for all threads
/// makes it: behind a fence of its own, which is what the system's barrier amounts to beside that of its caller.
#[derive(Clone, Copy)]
struct Words(&'static [AtomicU64], bool);

impl Words {
    fn new(capacity: u64, barred: bool) -> Self {
        let slots = Shape::of(8).stride / 8 * capacity as usize;
        Self(Vec::leak((0..HEADER + slots).map(|_| AtomicU64::new(0)).collect()), barred)
    }

    fn at(self, at: usize) -> &'static AtomicU64 {
        let place = if at == AT_HEAD {
            0
        } else if at >= AT_SLOTS {
            HEADER + (at - AT_SLOTS) / 8
        } else {
            let consumer = usize::from(at >= End::Consumer.at(0));
            let word = at - [End::Producer.at(0), End::Consumer.at(0)][consumer];
            1 + consumer * OF_AN_END.len()
                + OF_AN_END.iter().position(|known| *known == word).expect("a word")
        };
        &self.0[place]
    }
}

// SAFETY: every offset is looked up.
unsafe impl Memory for Words {
    unsafe fn load(self, at: usize, order: Ordering) -> u64 {
        let asks = [End::Producer, End::Consumer].iter().any(|end| at == end.at(END_SLEEPS));
        if self.1 && asks {
            fence(Ordering::SeqCst);
        }
        self.at(at).load(order)
    }

    unsafe fn store(self, at: usize, value: u64, order: Ordering) {
        self.at(at).store(value, order);
    }

    fn prefetch(self, _: usize) {}

    unsafe fn bell(self, at: usize) -> u32 {
        // ORDERING: relaxed, as in the real memory.
        self.at(at).load(Ordering::Relaxed) as u32
    }

    unsafe fn swap_bell(self, at: usize, new: u32) -> u32 {
        self.at(at).swap(u64::from(new), Ordering::SeqCst) as u32
    }

    unsafe fn change_bell(self, at: usize, old: u32, new: u32) -> bool {
        let (old, new) = (u64::from(old), u64::from(new));
        self.at(at).compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    unsafe fn wake(self, _: usize) {}

    fn fence(self) {
        fence(Ordering::SeqCst);
    }

    fn fence_everywhere(self) {
        fence(Ordering::SeqCst);
    }
}

const A: Process = Process { pid: 1, started: 1 };
const B: Process = Process { pid: 2, started: 2 };

type Pushes = Pushing<Words, u64>;
type Pops = Popping<Words, u64>;

fn ring(capacity: u64, barred: bool) -> Ring<Words, Of<u64>> {
    // SAFETY: as many words as the shape says, and leaked.
    let ring = unsafe { Ring::new(Words::new(capacity, barred), Of::new(), capacity) };
    ring.begin(u64::MAX);
    ring
}

fn ends(capacity: u64) -> (Pushes, Pops) {
    ends_of(ring(capacity, false))
}

fn ends_of(ring: Ring<Words, Of<u64>>) -> (Pushes, Pops) {
    let pushing = Pushing::attach(ring, A).expect("a new ring").0;
    (pushing, Popping::attach(ring, A).expect("a new ring").0)
}

fn push(pushing: &mut Pushes, n: u64) {
    while !pushing.has_room() {
        assert!(pushing.odd().is_none());
        thread::yield_now();
    }
    // SAFETY: there is room.
    unsafe { pushing.fill(&n) };
}

fn pop(popping: &mut Pops) -> u64 {
    loop {
        assert!(popping.odd().is_none());
        match popping.pop() {
            Some(n) => return n,
            None => thread::yield_now(),
        }
    }
}

/// Three values through two slots.
#[test]
fn hands_over_in_order() {
    loom::model(|| {
        let (mut pushing, mut popping) = ends(2);
        let thread = thread::spawn(move || (0..3).for_each(|n| push(&mut pushing, n)));
        (0..3).for_each(|n| assert_eq!(pop(&mut popping), n));
        thread.join().expect("the producer");
    });
}

/// A producer dies with a value half pushed; the next one finds its place while the consumer goes on, which sees each value whole.
#[test]
fn the_next_producer_goes_on() {
    loom::model(|| {
        let (mut first, mut popping) = ends(2);
        let thread = thread::spawn(move || {
            push(&mut first, 0);
            // The value is in its slot, and not published.
            first.ring.write(first.tail, &77);
            let (mut next, died) = Pushing::attach(first.ring, B).expect("what a death left");
            assert_eq!(died, Some(A));
            (1..3).for_each(|n| push(&mut next, n));
        });
        (0..3).for_each(|n| assert_eq!(pop(&mut popping), n));
        thread.join().expect("the producers");
    });
}

/// A consumer dies with a value in its hands; the next one takes it again while the producer goes on.
#[test]
fn the_next_consumer_goes_on() {
    loom::model(|| {
        let (mut pushing, mut first) = ends(2);
        let thread = thread::spawn(move || (0..3).for_each(|n| push(&mut pushing, n)));
        assert_eq!(pop(&mut first), 0);
        let taken = first.pop_deferred();
        let (mut next, died) = Popping::attach(first.ring, B).expect("what a death left");
        assert_eq!(died, Some(A));
        assert_eq!(next.ring.number(End::Consumer.at(CONSUMER_REDELIVERED)), u64::from(taken.is_some()));
        (1..3).for_each(|n| assert_eq!(pop(&mut next), n));
        thread.join().expect("the producer");
    });
}

/// A consumer that goes to sleep between two values is woken: it would wait without end otherwise.
#[test]
fn a_sleeping_consumer_is_woken() {
    loom::model(|| {
        let (mut pushing, mut popping) = ends(2);
        popping.ring.may_sleep(End::Consumer);
        let thread = thread::spawn(move || {
            for n in 0..2 {
                push(&mut pushing, n);
                pushing.ring.ring_bell(End::Consumer);
            }
            pushing.ring.leave_end(End::Producer);
        });
        let mut next = 0;
        loop {
            let closed = popping.is_closed();
            match popping.pop() {
                Some(n) => {
                    assert_eq!(n, next);
                    next += 1;
                }
                None if closed => break,
                None => {
                    if popping.ring.consumer_sleeps(popping.head) {
                        // SAFETY: the bell of an end.
                        while unsafe { popping.ring.memory().bell(End::Consumer.at(END_BELL)) } == BELL_ASLEEP
                        {
                            thread::yield_now();
                        }
                        popping.ring.swap_bell(End::Consumer, BELL_SILENT);
                    }
                }
            }
        }
        assert_eq!(next, 2);
        thread.join().expect("the producer");
    });
}

/// A producer that goes to sleep for want of room is woken by the pop.
#[test]
fn a_sleeping_producer_is_woken() {
    loom::model(|| {
        let (mut pushing, mut popping) = ends(1);
        pushing.ring.may_sleep(End::Producer);
        let thread = thread::spawn(move || {
            for n in 0..2 {
                while !pushing.has_room() {
                    if pushing.ring.producer_sleeps() {
                        // SAFETY: the bell of an end.
                        while unsafe { pushing.ring.memory().bell(End::Producer.at(END_BELL)) } == BELL_ASLEEP
                        {
                            thread::yield_now();
                        }
                    }
                }
                // SAFETY: there is room.
                unsafe { pushing.fill(&n) };
            }
        });
        (0..2).for_each(|n| assert_eq!(pop(&mut popping), n));
        thread.join().expect("the producer");
    });
}

/// Whoever looks from outside sees a depth that was there.
#[test]
fn is_watched() {
    loom::model(|| {
        let (mut pushing, mut popping) = ends(2);
        let watched = pushing.ring;
        push(&mut pushing, 0);
        let thread = thread::spawn(move || push(&mut pushing, 1));
        let watching = thread::spawn(move || {
            let head = watched.head();
            let pushed = head.wrapping_sub(u64::MAX) + watched.waiting(head);
            assert!((1..=2).contains(&pushed), "{pushed}");
        });
        assert_eq!(pop(&mut popping), 0);
        thread.join().expect("the producer");
        watching.join().expect("the watcher");
    });
}

/// A consumer says that it may sleep while the producer, which has seen that nobody does, pushes and rings no bell: then the consumer
/// sees the value.
#[test]
fn a_consumer_may_sleep_from_now_on() {
    consumer_may_sleep(true);
}

/// What the barrier is for.
#[test]
#[should_panic(expected = "exceeded maximum number of branches")]
fn a_consumer_that_may_sleep_needs_the_barrier() {
    consumer_may_sleep(false);
}

fn consumer_may_sleep(barred: bool) {
    loom::model(move || {
        let (mut pushing, mut popping) = ends_of(ring(2, barred));
        let thread = thread::spawn(move || {
            push(&mut pushing, 0);
            pushing.ring.ring_bell(End::Consumer);
        });
        if popping.pop().is_none() {
            popping.ring.may_sleep(End::Consumer);
            if popping.ring.consumer_sleeps(popping.head) {
                // SAFETY: the bell of an end.
                while unsafe { popping.ring.memory().bell(End::Consumer.at(END_BELL)) } == BELL_ASLEEP {
                    thread::yield_now();
                }
            }
            assert_eq!(pop(&mut popping), 0);
        }
        thread.join().expect("the producer");
    });
}

/// A producer says that it may sleep while the consumer, which has seen that nobody does, makes room and rings no bell: then the
/// producer sees the room.
#[test]
fn a_producer_may_sleep_from_now_on() {
    producer_may_sleep(true);
}

/// What the barrier is for.
#[test]
#[should_panic(expected = "exceeded maximum number of branches")]
fn a_producer_that_may_sleep_needs_the_barrier() {
    producer_may_sleep(false);
}

fn producer_may_sleep(barred: bool) {
    loom::model(move || {
        let (mut pushing, mut popping) = ends_of(ring(1, barred));
        push(&mut pushing, 0);
        let thread = thread::spawn(move || assert_eq!(pop(&mut popping), 0));
        pushing.ring.may_sleep(End::Producer);
        while !pushing.has_room() {
            if pushing.ring.producer_sleeps() {
                // SAFETY: the bell of an end.
                while unsafe { pushing.ring.memory().bell(End::Producer.at(END_BELL)) } == BELL_ASLEEP {
                    thread::yield_now();
                }
            }
        }
        thread.join().expect("the consumer");
    });
}
