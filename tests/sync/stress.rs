//! Threads against each other, with stops in between: nothing lost, doubled, or let in twice.
//!
//! Each thread is a context that spins. Nothing but fusewire's own words passes between the threads, so that
//! ThreadSanitizer, which does not see into the standard library, can follow; `tests/tsan` runs this too.

use std::fmt::Debug;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as StdMutex};
use std::thread;
use std::time::Instant;

use fusewire::completion::{Completion, Started, StopReason};
use fusewire::context::{Context, ContextId, ContextRef};
use fusewire::env::Env;
use fusewire::lane::Lane;
use fusewire::operation::Operation;
use fusewire::receiver::Receiver;
use fusewire::sender::Sender;
use fusewire::stop::{StopSource, StopToken};
use fusewire::sync::{AutoEvent, Barrier, ChannelSender, Mutex, RwLock, Semaphore, channel, oneshot};
use fusewire::work::{TaskQueue, TaskRef};

const THREADS: usize = 4;
const ROUNDS: u32 = if cfg!(fusewire_tsan) { 300 } else { 2_000 };

/// The context of a thread that runs its tasks while it waits for a pass.
#[derive(Debug)]
struct Loop {
    id: ContextId,
    tasks: TaskQueue,
}

// SAFETY: the id is its own, and the tasks are run from the queue by the one thread that has the loop; it has no timers.
unsafe impl Context for Loop {
    fn id(&self) -> ContextId {
        self.id
    }

    fn name(&self) -> &str {
        "loop"
    }

    fn kind(&self) -> &'static str {
        "test"
    }

    fn post(&self, task: TaskRef) {
        self.tasks.push(task);
    }

    fn post_waiting(&self, task: TaskRef, _: Option<Instant>) {
        self.post(task);
    }

    fn attach(&self, _: Box<dyn Lane>) {}

    fn wake(&self) {}

    fn must_be_woken(&self) -> bool {
        false
    }
}

/// Used by one thread alone; a lock only because a receiver is `Send`.
struct Note<V, E>(Arc<StdMutex<Option<Completion<V, E>>>>);

impl<V: Send, E: Send> Receiver<V, E> for Note<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        let before = self.0.lock().unwrap().replace(completion);
        assert!(before.is_none(), "a pass completes once");
    }
}

impl Loop {
    fn new() -> Arc<Self> {
        Arc::new(Self { id: ContextId::unique(), tasks: TaskQueue::new() })
    }

    /// Runs one pass to its end on the calling thread, whose context this is.
    fn pass<S>(self: &Arc<Self>, sender: S, stop: StopToken) -> Completion<S::Value, S::Error>
    where
        S: Sender<Value: Send, Error: Send>,
    {
        let context: ContextRef = self.clone();
        let env = Env::new().with_context(context).with_stop(stop);
        let arrived = Arc::new(StdMutex::new(None));
        let mut operation = pin!(sender.connect(Note(arrived.clone()), &env));
        // SAFETY: this loops until the pass has completed.
        if let Started::Inline(completion) = unsafe { operation.as_mut().start() } {
            return completion;
        }
        let mut idle = 0_u32;
        loop {
            self.tasks.take().for_each(TaskRef::run);
            if let Some(completion) = arrived.lock().unwrap().take() {
                return completion;
            }
            idle += 1;
            if idle.is_multiple_of(16) { thread::yield_now() } else { std::hint::spin_loop() }
        }
    }
}

/// A thread that requests the stops that it is sent.
fn stopper() -> (ChannelSender<StopSource>, thread::JoinHandle<()>) {
    let (send, recv) = channel::<StopSource>(1);
    let thread = thread::spawn(move || {
        let here = Loop::new();
        while let Completion::Value(stop) = here.pass(recv.recv(), StopToken::never()) {
            stop.request_stop();
        }
    });
    (send, thread)
}

/// Runs `work` on some threads at once, each with its context, its number, and somebody who stops.
fn together(work: impl Fn(&Arc<Loop>, usize, &ChannelSender<StopSource>) + Sync) {
    let (stops, stopper) = stopper();
    thread::scope(|scope| {
        let start = |number| {
            let (work, stops) = (&work, stops.clone());
            scope.spawn(move || work(&Loop::new(), number, &stops))
        };
        let threads: Vec<_> = (0..THREADS).map(start).collect();
        // Joined one by one: how a scope waits for those that were not is hidden from ThreadSanitizer.
        for thread in threads {
            thread.join().unwrap();
        }
    });
    drop(stops);
    stopper.join().unwrap();
}

/// A token that is stopped soon, at every third round.
fn token(round: u32, stops: &ChannelSender<StopSource>) -> StopToken {
    if !round.is_multiple_of(3) {
        return StopToken::never();
    }
    let stop = StopSource::new();
    let token = stop.token();
    // With the stopper still at the last one this one is left alone.
    let _full = stops.try_send(stop);
    token
}

fn is_stop<V, E: Debug>(completion: Completion<V, E>) {
    match completion {
        Completion::Stopped(StopReason::Requested) => {}
        other => panic!("{:?}", other.map(drop)),
    }
}

pub(crate) fn locks_exclude() {
    let mutex = Mutex::new((0_u64, 0_u64));
    let entered = AtomicUsize::new(0);
    together(|here, _, stops| {
        for round in 0..ROUNDS {
            match here.pass(mutex.lock(), token(round, stops)) {
                Completion::Value(mut guard) => {
                    entered.fetch_add(1, Ordering::Relaxed);
                    guard.0 += 1;
                    if round.is_multiple_of(7) {
                        thread::yield_now();
                    }
                    guard.1 += 1;
                    assert_eq!(guard.0, guard.1, "alone");
                }
                other => is_stop(other),
            }
        }
    });
    let total = mutex.try_lock().expect("the lock is not lost").0;
    assert_eq!(total, entered.into_inner() as u64);
}

pub(crate) fn readers_and_writers_exclude() {
    let lock = RwLock::new([0_u64; 4]);
    together(|here, number, stops| {
        for round in 0..ROUNDS {
            let token = token(round, stops);
            if (round as usize + number).is_multiple_of(4) {
                match here.pass(lock.write(), token) {
                    Completion::Value(mut guard) => guard.iter_mut().for_each(|word| *word += 1),
                    other => is_stop(other),
                }
            } else {
                match here.pass(lock.read(), token) {
                    Completion::Value(guard) => assert!(guard.iter().all(|word| *word == guard[0])),
                    other => is_stop(other),
                }
            }
        }
    });
    assert!(lock.try_write().is_some(), "the lock is not lost");
}

pub(crate) fn permits_are_bounded() {
    let semaphore = Semaphore::new(3);
    let held = AtomicUsize::new(0);
    together(|here, number, stops| {
        for round in 0..ROUNDS {
            let wanted = 1 + (round as usize + number) % 3;
            match here.pass(semaphore.acquire(wanted), token(round, stops)) {
                Completion::Value(permit) => {
                    assert!(held.fetch_add(wanted, Ordering::Relaxed) + wanted <= 3);
                    held.fetch_sub(wanted, Ordering::Relaxed);
                    drop(permit);
                }
                other => is_stop(other),
            }
        }
    });
    assert_eq!(semaphore.available(), 3);
}

/// Each value that went in comes out once, and those of one sender in their order.
pub(crate) fn channels_lose_nothing() {
    for capacity in [0, 1, 7] {
        let (send, recv) = channel::<(usize, u32)>(capacity);
        let (sent, received) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let ends = StdMutex::new(Some(send));
        let others = [(); THREADS / 2].map(|()| ends.lock().unwrap().clone());
        ends.lock().unwrap().take();
        let others = StdMutex::new(others);
        together(|here, number, stops| {
            if number < THREADS / 2 {
                let send = others.lock().unwrap()[number].take().unwrap();
                for round in 0..ROUNDS {
                    match here.pass(send.send((number, round)), token(round, stops)) {
                        Completion::Value(()) => {
                            sent.fetch_add(1, Ordering::Relaxed);
                        }
                        Completion::Error(closed) => panic!("{closed}"),
                        other => is_stop(other),
                    }
                }
                return;
            }
            let mut last = [None; THREADS / 2];
            for round in 0.. {
                match here.pass(recv.recv(), token(round, stops)) {
                    Completion::Value((from, value)) => {
                        assert!(last[from].replace(value) < Some(value), "in order");
                        received.fetch_add(1, Ordering::Relaxed);
                    }
                    Completion::Stopped(StopReason::Ended) => break,
                    other => is_stop(other),
                }
            }
        });
        assert_eq!(sent.into_inner(), received.into_inner());
        assert!(recv.is_empty());
    }
}

/// Rounds of a barrier stay together, and a value handed round by events and oneshots is the same for all.
pub(crate) fn rounds_stay_together() {
    let barrier = Barrier::new(THREADS);
    let (round_of, leaders) = ([(); THREADS].map(|()| AtomicUsize::new(0)), AtomicUsize::new(0));
    let events = [(); THREADS].map(|()| AutoEvent::new());
    events[0].set();
    together(|here, number, _| {
        for round in 0..ROUNDS / 4 {
            round_of[number].store(round as usize, Ordering::Relaxed);
            let Completion::Value(met) = here.pass(barrier.wait(), StopToken::never()) else {
                panic!("nobody stops")
            };
            leaders.fetch_add(usize::from(met.is_leader()), Ordering::Relaxed);
            for other in &round_of {
                assert_eq!(other.load(Ordering::Relaxed), round as usize);
            }
            // One after the other, in a ring.
            assert!(matches!(here.pass(events[number].wait(), StopToken::never()), Completion::Value(())));
            events[(number + 1) % THREADS].set();
            let Completion::Value(_) = here.pass(barrier.wait(), StopToken::never()) else {
                panic!("nobody stops")
            };
        }
    });
    assert_eq!(leaders.into_inner(), (ROUNDS / 4) as usize);
}

pub(crate) fn oneshots_bring_each_value() {
    let (questions, asked) = channel::<(u32, fusewire::sync::OneshotSender<u32>)>(2);
    let answering = thread::spawn(move || {
        let here = Loop::new();
        let mut refused = 0_u32;
        while let Completion::Value((n, answer)) = here.pass(asked.recv(), StopToken::never()) {
            refused += u32::from(answer.send(n + 1).is_err());
        }
        refused
    });
    together(|here, _, stops| {
        for round in 0..ROUNDS {
            let (answer, recv) = oneshot();
            assert!(matches!(
                here.pass(questions.send((round, answer)), StopToken::never()),
                Completion::Value(())
            ));
            match here.pass(recv.recv(), token(round, stops)) {
                Completion::Value(answer) => assert_eq!(answer, round + 1),
                other => is_stop(other),
            }
        }
    });
    drop(questions);
    assert!(answering.join().unwrap() <= ROUNDS * THREADS as u32 / 3 + THREADS as u32);
}

macro_rules! tests {
    ($($name:ident),*) => {
        /// All of them, for a program without a test harness.
        #[allow(dead_code, reason = "the tests run them one by one")]
        pub(crate) fn all() {
            $($name();)*
        }

        $(mod $name {
            #[test]
            fn holds() {
                super::$name();
            }
        })*
    };
}

tests!(
    locks_exclude,
    readers_and_writers_exclude,
    permits_are_bounded,
    channels_lose_nothing,
    rounds_stay_together,
    oneshots_bring_each_value
);
