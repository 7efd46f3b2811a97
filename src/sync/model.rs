//! Grant, stop and end against each other under the model checker, for each primitive.
//!
//! A pass is started on a context of the model, whose tasks a thread of the model runs as they come, so that the pass
//! may be resumed while others still work on it. When it has completed it is touched as by a drop: whoever touches it
//! later, or without having synchronised, is reported.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use loom::sync::Mutex as Watched;
use loom::thread;

use super::operation::{Request, WaitOperation};
use super::{AutoEvent, Barrier, Event, Latch, Mutex, RwLock, Semaphore, channel, mpsc, oneshot};
use crate::completion::{Completion, Started, StopReason};
use crate::context::{Context, ContextId, ContextRef};
use crate::env::Env;
use crate::lane::Lane;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::{StopSource, StopToken};
use crate::work::{TaskQueue, TaskRef};

const STOPPED: StopReason = StopReason::Requested;

/// A context that runs its tasks when a thread of the model says so.
#[derive(Debug)]
struct Loop {
    id: ContextId,
    tasks: TaskQueue,
}

impl Loop {
    fn new() -> Arc<Self> {
        Arc::new(Self { id: ContextId::unique(), tasks: TaskQueue::new() })
    }

    fn run(&self) {
        self.tasks.take().for_each(TaskRef::run);
    }
}

// SAFETY: the id is its own, and the tasks are run from the queue by one thread of the model; it has no timers.
unsafe impl Context for Loop {
    fn id(&self) -> ContextId {
        self.id
    }

    fn name(&self) -> &str {
        "loop"
    }

    fn kind(&self) -> &'static str {
        "model"
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
        true
    }
}

type Completions<V, E> = Arc<Watched<Vec<Completion<V, E>>>>;

struct Note<V, E>(Completions<V, E>);

impl<V: Send, E: Send> Receiver<V, E> for Note<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        self.0.lock().unwrap().push(completion);
    }
}

type Waits<Q> = WaitOperation<Q, Note<<Q as Request>::Value, <Q as Request>::Error>>;

/// A pass that waits, or has completed.
struct Pass<Q: Request<Value: Send, Error: Send>> {
    operation: Pin<Box<Waits<Q>>>,
    arrived: Completions<Q::Value, Q::Error>,
}

impl<Q: Request<Value: Send, Error: Send>> Pass<Q>
where
    Q: Sender<
            Value = <Q as Request>::Value,
            Error = <Q as Request>::Error,
            Operation<Note<<Q as Request>::Value, <Q as Request>::Error>> = Waits<Q>,
        >,
{
    fn start(request: Q, context: &Arc<Loop>, stop: StopToken) -> Self {
        let arrived = Completions::default();
        let context: ContextRef = context.clone();
        let env = Env::new().with_context(context).with_stop(stop);
        let mut operation = Box::pin(request.connect(Note(arrived.clone()), &env));
        // SAFETY: each model keeps the pass until it has completed.
        if let Started::Inline(completion) = unsafe { operation.as_mut().start() } {
            arrived.lock().unwrap().push(completion);
        }
        Self { operation, arrived }
    }

    /// What it has completed with, if it has: then it is as good as dropped.
    fn done(&self) -> Option<Completion<<Q as Request>::Value, <Q as Request>::Error>> {
        let mut arrived = self.arrived.lock().unwrap();
        let completion = arrived.pop();
        assert!(arrived.is_empty(), "a pass completes once");
        drop(arrived);
        if completion.is_some() {
            self.operation.touch_as_by_a_drop();
        }
        completion
    }
}

/// Runs `first`, and the tasks that there are then, while others work.
fn aside<T: 'static>(context: &Arc<Loop>, first: impl FnOnce() -> T + 'static) -> thread::JoinHandle<T> {
    let context = context.clone();
    thread::spawn(move || {
        let result = first();
        context.run();
        result
    })
}

/// Checks every order of events, with at most three switches that no thread asked for. `check` says how a run
/// came out; all of `outcomes` must have been seen, so that a model that explores nothing fails.
fn model<const N: usize>(
    outcomes: [&'static str; N],
    check: impl Fn() -> &'static str + Sync + Send + 'static,
) {
    let seen = Arc::new(std::sync::Mutex::new(std::collections::BTreeMap::new()));
    let counts = seen.clone();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || *counts.lock().unwrap().entry(check()).or_insert(0_u64) += 1);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), outcomes.len(), "{seen:?}");
    assert!(outcomes.iter().all(|outcome| seen.contains_key(outcome)), "{seen:?}");
}

/// One waits; what it waits for comes, and a stop.
#[test]
fn a_lock_is_granted_or_its_wait_is_stopped() {
    model(["granted", "stopped"], || {
        let (context, stop) = (Loop::new(), StopSource::new());
        let mutex = Arc::new(Mutex::new(0));
        let held = mutex.try_lock_arc();
        let pass = Pass::start(mutex.lock_arc(), &context, stop.token());
        let giving = aside(&context, move || drop(held));
        let stopping = thread::spawn(move || stop.request_stop());
        giving.join().unwrap();
        // It may have completed already, and be dropped, while the stop is on its way.
        let early = pass.done();
        stopping.join().unwrap();
        context.run();
        let outcome = match early.or_else(|| pass.done()) {
            Some(Completion::Value(mut guard)) => {
                assert!(mutex.try_lock().is_none());
                *guard += 1;
                drop(guard);
                "granted"
            }
            Some(Completion::Stopped(STOPPED)) => "stopped",
            other => panic!("{:?}", other.map(|other| other.map(drop))),
        };
        assert!(mutex.try_lock().is_some(), "the lock is not lost");
        outcome
    });
}

/// One begins to wait while what it waits for comes, and a stop.
#[test]
fn a_wait_that_begins_misses_neither_grant_nor_stop() {
    model(["noticed", "stopped"], || {
        let (context, stop) = (Loop::new(), StopSource::new());
        let token = stop.token();
        let event = Arc::new(AutoEvent::new());
        let setting = {
            let event = event.clone();
            aside(&context, move || event.set())
        };
        let stopping = thread::spawn(move || stop.request_stop());
        let pass = Pass::start(event.wait_arc(), &context, token);
        let early = pass.done();
        setting.join().unwrap();
        stopping.join().unwrap();
        context.run();
        match early.or_else(|| pass.done()) {
            Some(Completion::Value(())) => {
                assert!(!event.try_wait(), "it was noticed once");
                "noticed"
            }
            Some(Completion::Stopped(STOPPED)) => {
                assert!(event.try_wait(), "the notice is not lost");
                "stopped"
            }
            other => panic!("{other:?}"),
        }
    });
}

/// Two in a queue, of whom the first gives up while something comes that is enough for the second alone.
#[test]
fn who_gives_up_stands_in_nobodys_way() {
    model(["let on"], || {
        let (context, stop) = (Loop::new(), StopSource::new());
        let semaphore = Arc::new(Semaphore::new(0));
        let many = Pass::start(semaphore.acquire_arc(2), &context, stop.token());
        let few = Pass::start(semaphore.acquire_arc(1), &context, StopToken::never());
        let releasing = {
            let semaphore = semaphore.clone();
            aside(&context, move || semaphore.release(1))
        };
        let stopping = thread::spawn(move || stop.request_stop());
        releasing.join().unwrap();
        stopping.join().unwrap();
        context.run();
        assert!(matches!(many.done(), Some(Completion::Stopped(STOPPED))));
        let Some(Completion::Value(permit)) = few.done() else { panic!("it waits for ever") };
        drop(permit);
        assert_eq!(semaphore.available(), 1);
        "let on"
    });
}

#[test]
fn a_writer_that_gives_up_lets_readers_in() {
    model(["wrote", "gave up"], || {
        let (context, stop) = (Loop::new(), StopSource::new());
        let lock = Arc::new(RwLock::new(0));
        let held = lock.try_read_arc();
        let writer = Pass::start(lock.write_arc(), &context, stop.token());
        let reader = Pass::start(lock.read_arc(), &context, StopToken::never());
        let leaving = aside(&context, move || drop(held));
        let stopping = thread::spawn(move || stop.request_stop());
        leaving.join().unwrap();
        stopping.join().unwrap();
        context.run();
        let outcome = if let Some(Completion::Value(mut guard)) = writer.done() {
            assert!(reader.done().is_none(), "one writes, alone");
            *guard = 1;
            drop(guard);
            context.run();
            "wrote"
        } else {
            "gave up"
        };
        let Some(Completion::Value(guard)) = reader.done() else { panic!("it waits for ever") };
        assert!(lock.try_write().is_none());
        drop(guard);
        assert!(lock.try_write().is_some());
        outcome
    });
}

#[test]
fn an_event_and_a_latch_let_all_go_on() {
    model(["open"], || {
        let context = Loop::new();
        let (event, latch) = (Arc::new(Event::new()), Arc::new(Latch::new(2)));
        let first = Pass::start(event.wait_arc(), &context, StopToken::never());
        let opening = {
            let (event, latch) = (event.clone(), latch.clone());
            aside(&context, move || {
                latch.count_down(1);
                event.set();
            })
        };
        let second = Pass::start(event.wait_arc(), &context, StopToken::never());
        let both = Pass::start(latch.arrive_and_wait_arc(1), &context, StopToken::never());
        opening.join().unwrap();
        context.run();
        assert_eq!(first.done(), Some(Completion::Value(())));
        assert_eq!(second.done(), Some(Completion::Value(())));
        assert_eq!(both.done(), Some(Completion::Value(())));
        "open"
    });
}

/// Two come from two sides, and one of them may give up: then the other waits on.
#[test]
fn a_barrier_opens_for_both_or_waits() {
    model(["met", "stopped"], || {
        let (context, stop) = (Loop::new(), StopSource::new());
        let barrier = Arc::new(Barrier::new(2));
        let first = Pass::start(barrier.wait_arc(), &context, stop.token());
        let coming = {
            let (barrier, context) = (barrier.clone(), context.clone());
            thread::spawn(move || Pass::start(barrier.wait_arc(), &context, StopToken::never()))
        };
        let stopping = aside(&context, move || stop.request_stop());
        let second = coming.join().unwrap();
        stopping.join().unwrap();
        context.run();
        match first.done() {
            Some(Completion::Value(met)) => {
                assert!(!met.is_leader());
                let Some(Completion::Value(met)) = second.done() else { panic!("it was the last") };
                assert!(met.is_leader());
                "met"
            }
            Some(Completion::Stopped(STOPPED)) => {
                assert!(second.done().is_none());
                assert_eq!(barrier.waiting(), 1);
                let third = Pass::start(barrier.wait_arc(), &context, StopToken::never());
                context.run();
                assert!(third.done().is_some());
                assert!(second.done().is_some());
                "stopped"
            }
            other => panic!("{other:?}"),
        }
    });
}

/// A value that is sent is received, or still inside, whatever is stopped.
#[test]
fn a_channel_loses_nothing() {
    for (capacity, outcomes) in [(0, ["received", "refused"]), (1, ["received", "left inside"])] {
        model(outcomes, move || {
            let (context, stop) = (Loop::new(), StopSource::new());
            let (send, recv) = channel(capacity);
            let receiving = Pass::start(recv.recv(), &context, stop.token());
            let sending = aside(&context, move || {
                let first = send.try_send(1).is_ok();
                (first, send)
            });
            let stopping = thread::spawn(move || stop.request_stop());
            let (sent, send) = sending.join().unwrap();
            stopping.join().unwrap();
            context.run();
            let (received, outcome) = match receiving.done() {
                Some(Completion::Value(value)) => (Some(value), "received"),
                Some(Completion::Stopped(STOPPED)) => {
                    (recv.try_recv().ok(), if sent { "left inside" } else { "refused" })
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(received, sent.then_some(1));
            drop(send);
            outcome
        });
    }
}

#[test]
fn a_full_channel_wakes_who_waits_for_room_or_refuses() {
    model(["sent", "stopped"], || {
        let context = Loop::new();
        let (send, recv) = mpsc(1);
        send.try_send(1).unwrap();
        let stop = StopSource::new();
        let sending = Pass::start(send.send(2), &context, stop.token());
        let taking = aside(&context, move || {
            let mut recv = recv;
            let taken = recv.try_recv();
            recv.close();
            (taken, recv)
        });
        let stopping = thread::spawn(move || stop.request_stop());
        let (taken, mut recv) = taking.join().unwrap();
        stopping.join().unwrap();
        context.run();
        assert_eq!(taken, Ok(1));
        match sending.done() {
            Some(Completion::Value(())) => {
                assert_eq!(recv.try_recv(), Ok(2));
                "sent"
            }
            Some(Completion::Stopped(STOPPED)) => {
                assert!(recv.try_recv().is_err());
                "stopped"
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_oneshot_brings_its_value_its_end_or_the_stop() {
    for (sends, outcomes) in [(true, ["sent", "stopped"]), (false, ["ended", "stopped"])] {
        model(outcomes, move || {
            let (context, stop) = (Loop::new(), StopSource::new());
            let token = stop.token();
            let (send, recv) = oneshot();
            let sending = aside(&context, move || if sends { send.send(1) } else { Ok(()) });
            let stopping = thread::spawn(move || stop.request_stop());
            let pass = Pass::start(recv.recv(), &context, token);
            sending.join().unwrap().unwrap();
            stopping.join().unwrap();
            context.run();
            match pass.done() {
                Some(Completion::Value(1)) if sends => "sent",
                Some(Completion::Stopped(StopReason::Ended)) if !sends => "ended",
                Some(Completion::Stopped(STOPPED)) => "stopped",
                other => panic!("{other:?}"),
            }
        });
    }
}

/// The context of who was granted the lock ends before it has run it: the lock goes to the next.
#[test]
fn what_an_ended_context_was_granted_goes_to_the_next() {
    model(["next"], || {
        let (ends, goes_on, stop) = (Loop::new(), Loop::new(), StopSource::new());
        let mutex = Arc::new(Mutex::new(0));
        let held = mutex.try_lock_arc();
        let first = Pass::start(mutex.lock_arc(), &ends, stop.token());
        let second = Pass::start(mutex.lock_arc(), &goes_on, StopToken::never());
        let giving = aside(&goes_on, move || drop(held));
        let stopping = thread::spawn(move || stop.request_stop());
        // As a context does that has ended: it drops its tasks.
        drop(ends.tasks.take());
        giving.join().unwrap();
        stopping.join().unwrap();
        drop(ends.tasks.take());
        goes_on.run();
        assert!(matches!(first.done(), Some(Completion::Stopped(STOPPED))));
        let Some(Completion::Value(guard)) = second.done() else { panic!("the lock is lost") };
        drop(guard);
        assert!(mutex.try_lock().is_some());
        "next"
    });
}
