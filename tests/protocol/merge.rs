//! Several senders as one: `merge`, `merge_by_priority`, `merge3`, `merge4`.

use std::pin::{Pin, pin};
use std::ptr::NonNull;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fusewire::completion::Started;
use fusewire::completion::StopReason::{Ended, Panicked, Requested};
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::context::{Scheduler, enter};
use fusewire::control::Stop;
use fusewire::edge::edge;
use fusewire::engine::Engine;
use fusewire::env::Env;
use fusewire::on::on;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::receiver::Receiver;
use fusewire::stop::StopSource;
use fusewire::wait::Wait;
use pin_project::pin_project;

use crate::ladder::{dropped_unstarted, pass_inline};
use crate::script::{FILTERED, Failure, PANICKED, REQUESTED, Record, Script, Wider, error, stopped, value};

type Input = Completion<i32, Failure>;

/// So many passes, each of which completes inside its start.
fn inline<S>(sender: S, passes: usize) -> Vec<Completion<S::Value, S::Error>>
where
    S: Sender<Value: Send + std::fmt::Debug + PartialEq, Error: Send + std::fmt::Debug + PartialEq>,
{
    let record = Record::new();
    let mut operation = pin!(sender.connect(record.clone(), &Env::new()));
    let seen = (0..passes).map(|_| pass_inline(operation.as_mut())).collect();
    assert_eq!(record.take(), [], "an inline completion must not reach the receiver");
    seen
}

fn script(values: &[i32]) -> Script {
    let script: Vec<Input> = values.iter().map(|n| value(*n)).chain([stopped(Ended)]).collect();
    Script::new(&script)
}

fn values(seen: &[Input]) -> Vec<i32> {
    seen.iter().filter_map(|completion| completion.value()).collect()
}

#[test]
fn two_take_turns_until_both_have_ended() {
    let seen = inline(merge(script(&[1, 2, 3, 4]), script(&[11, 12])), 8);
    assert_eq!(values(&seen), [1, 11, 2, 12, 3, 4]);
    assert_eq!(seen[6..], [stopped(Ended), stopped(Ended)]);
}

#[test]
fn each_of_three_or_four_has_its_turn() {
    let three = inline(merge3(script(&[1, 2, 3]), script(&[11, 12, 13]), script(&[21, 22, 23])), 10);
    assert_eq!(values(&three), [1, 11, 21, 2, 12, 22, 3, 13, 23]);
    let four = inline(merge4(script(&[1, 2]), script(&[11, 12]), script(&[21, 22]), script(&[31, 32])), 9);
    assert_eq!(values(&four), [1, 21, 11, 31, 2, 22, 12, 32]);
    assert_eq!(four[8], stopped(Ended));
}

#[test]
fn the_first_goes_before_the_second_and_not_the_other_way_round() {
    let seen = inline(merge_by_priority(script(&[1, 2]), merge_by_priority(script(&[11]), script(&[21]))), 5);
    assert_eq!(values(&seen), [1, 2, 11, 21]);
    assert_eq!(seen[4], stopped(Ended));
}

#[test]
fn what_is_no_value_goes_through_and_the_errors_join() {
    let first: [Input; 4] = [error(7), FILTERED, PANICKED, value(1)];
    let narrow = Script::new(&first);
    let wide = script(&[11]).map_err(Wider::from);
    let seen = inline(merge(narrow, wide), 5);
    assert_eq!(
        seen,
        [
            Completion::Error(Wider(107)),
            value(11),
            stopped(fusewire::completion::StopReason::Filtered),
            stopped(Panicked),
            value(1),
        ],
    );
}

#[test]
fn a_sender_that_stops_by_itself_stops_the_graph() {
    assert_eq!(inline(merge(Script::new(&[REQUESTED]), script(&[11])), 2), [REQUESTED, REQUESTED]);
}

/// Both hop to contexts of their own; what was not awaited is that of a later pass.
#[test]
fn what_is_under_way_is_kept_for_a_later_pass() {
    let (near, far, record) = (Manual::new(), Manual::new(), Record::new());
    let env = Env::new().with_context(near.context().clone());
    let both = merge(script(&[1, 2]).then(on(near.clone())), script(&[11, 12]).then(on(far.clone())));
    let mut operation = pin!(both.connect(record.clone(), &env));
    let mut begin = || {
        // SAFETY: no pass is under way; the turns below see each one through.
        unsafe { operation.as_mut().start() }
    };
    assert_eq!(begin(), Started::Later);
    near.run_until_idle();
    assert_eq!(record.take(), [value(1)], "it does not wait for the other");
    assert_eq!(begin(), Started::Later, "the second is still on its way");
    far.run_until_idle();
    near.run_until_idle();
    let second = record.take();
    assert!(second == [value(11)] || second == [value(2)], "{second:?}");
    // The third and the fourth may be there already.
    let mut rest = Vec::new();
    for _ in 0..3 {
        match begin() {
            Started::Inline(completion) => rest.push(completion),
            Started::Later => {
                for _ in 0..4 {
                    near.run_until_idle();
                    far.run_until_idle();
                }
                rest.extend(record.take());
            }
        }
    }
    let mut all = values(&second);
    all.extend(values(&rest));
    all.sort_unstable();
    assert_eq!(all, [2, 11, 12]);
    assert_eq!(rest[2], stopped(Ended));
}

#[test]
fn nothing_starts_before_its_time_and_nothing_leaks() {
    let (a, b) = (script(&[1]), script(&[2]));
    dropped_unstarted(|| merge(a.clone(), b.clone()), &a);
    dropped_unstarted(|| merge(a.clone(), b.clone()), &b);
    assert_eq!(a.starts() + b.starts(), 0);
}

#[test]
fn a_stop_is_passed_on_and_awaited() {
    let (manual, stop, record) = (Manual::new(), StopSource::new(), Record::new());
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let mut operation = pin!(merge(never::<i32>(), never::<i32>()).connect(record.clone(), &env));
    for _ in 0..2 {
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        if let Started::Inline(completion) = started {
            assert_eq!(completion, stopped(Requested), "the stop was requested before");
            continue;
        }
        manual.turn();
        assert_eq!(record.take(), []);
        stop.request_stop();
        manual.run_until_idle();
        assert_eq!(record.take(), [stopped(Requested)]);
    }
}

/// The operation goes, the sender that waits is asked to stop, and its memory goes when it has.
#[test]
fn an_operation_that_is_dropped_leaves_what_is_under_way_to_end() {
    let (manual, record) = (Manual::new(), Record::new());
    let env = Env::new().with_context(manual.context().clone());
    let held = Arc::new(());
    let holds = Arc::clone(&held);
    let waits = poll_fn(move || {
        let _ = &holds;
        Taken::<i32, Never>::Empty
    });
    let (mut feed, edge) = edge::<i32>(4).unwrap();
    let mut operation = Box::pin(merge(recv(edge), waits).connect(record.clone(), &env));
    // SAFETY: no pass is under way; the turns below see it through.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Later);
    let _ = feed.push(5);
    manual.run_until_idle();
    assert_eq!(record.take(), [value(5)]);
    drop(operation);
    assert_eq!(Arc::strong_count(&held), 2, "the sender is under way");
    manual.run_until_idle();
    assert_eq!(Arc::strong_count(&held), 1, "and has gone with its end");
}

/// Two threads send, one merges: nothing is lost, and each keeps its order; plain, and fused as sources.
#[test]
fn edges_from_two_threads_are_merged_in_their_order() {
    for fused in [false, true] {
        let count: u64 = if cfg!(miri) { 50 } else { 20_000 };
        let cpu = Cpu::builder().name("merges").wait(Wait::Park).build().unwrap();
        let (mut odd, odds) = edge::<u64>(64).unwrap();
        let (mut even, evens) = edge::<u64>(64).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let handle = if fused {
            let graph =
                fuse! { merge(recv(odds), recv(evens)).for_each(move |n| log.lock().unwrap().push(n)) };
            Engine::on(cpu).run(graph).unwrap()
        } else {
            let graph = merge(recv(odds), recv(evens)).for_each(move |n| log.lock().unwrap().push(n));
            Engine::on(cpu).run(graph).unwrap()
        };
        let senders = [
            std::thread::spawn(move || (0..count).for_each(|n| push(&mut odd, 2 * n + 1))),
            std::thread::spawn(move || (0..count).for_each(|n| push(&mut even, 2 * n))),
        ];
        for sender in senders {
            sender.join().unwrap();
        }
        let report = handle.join().unwrap();
        assert_eq!(report.completed, 2 * count, "fused: {fused}");
        let seen = seen.lock().unwrap();
        for side in [0, 1] {
            let of_side: Vec<u64> = seen.iter().copied().filter(|n| n % 2 == side).collect();
            assert!(of_side.is_sorted() && of_side.len() as u64 == count, "fused: {fused}");
        }
    }
}

fn push(edge: &mut fusewire::edge::EdgeSender<u64>, mut n: u64) {
    loop {
        edge.wake();
        match edge.push(n) {
            fusewire::edge::Pushed::Full(back) => n = back,
            _ => break edge.wake(),
        }
        std::thread::yield_now();
    }
}

/// A graph that merges what never comes is dropped, drained and abandoned without a wait.
#[test]
fn a_running_merge_ends_when_it_is_asked_to() {
    for how in [Stop::Drain, Stop::Abandon] {
        for fused in [false, true] {
            let cpu = Cpu::builder().name("merges").wait(Wait::Park).build().unwrap();
            let engine = Engine::on(cpu);
            let handle = if fused {
                engine.run(fuse! { merge(every(Duration::from_millis(1)), never()).map(drop) }).unwrap()
            } else {
                engine.run(merge(every(Duration::from_millis(1)), never()).map(drop)).unwrap()
            };
            std::thread::sleep(Duration::from_millis(5));
            handle.stop(how);
            handle.join().unwrap();
        }
    }
}

/// Completes the pass that was started.
type Completes = Box<dyn FnOnce(Completion<i32, Never>) + Send>;

/// A sender whose passes the test completes, one at a time.
#[derive(Clone, Default)]
struct ByHand(Arc<Mutex<Option<Completes>>>);

impl ByHand {
    fn is_under_way(&self) -> bool {
        self.0.lock().unwrap().is_some()
    }

    fn complete(&self, completion: Completion<i32, Never>) {
        let completes = self.0.lock().unwrap().take().expect("it was started");
        completes(completion);
    }
}

impl Sender for ByHand {
    type Value = i32;
    type Error = Never;
    type Operation<R: Receiver<i32, Never>> = ByHandOperation<R>;

    fn connect<R: Receiver<i32, Never>>(self, receiver: R, _: &Env) -> ByHandOperation<R> {
        ByHandOperation { sender: self, receiver }
    }
}

#[pin_project]
struct ByHandOperation<R> {
    sender: ByHand,
    #[pin]
    receiver: R,
}

/// A pointer to a receiver that is pinned until it was called.
struct Pinned<R>(NonNull<R>);

// SAFETY: a receiver may be called on any thread, and whoever has this is the one to call it.
unsafe impl<R: Send> Send for Pinned<R> {}

impl<R: Receiver<i32, Never>> Pinned<R> {
    fn complete(mut self, completion: Completion<i32, Never>) {
        // SAFETY: it stays where it is until it was called.
        let receiver = unsafe { self.0.as_mut() };
        // SAFETY: as above.
        let receiver = unsafe { Pin::new_unchecked(receiver) };
        // SAFETY: `start` returns `Later` and leaves this behind, which is used up here.
        unsafe { receiver.complete(completion) };
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<R: Receiver<i32, Never>> Operation for ByHandOperation<R> {
    type Value = i32;
    type Error = Never;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<i32, Never> {
        let this = self.project();
        // SAFETY: nothing is moved through the pointer.
        let receiver = Pinned(NonNull::from(unsafe { this.receiver.get_unchecked_mut() }));
        let completes: Box<dyn FnOnce(Completion<i32, Never>) + Send + '_> =
            Box::new(move |completion| receiver.complete(completion));
        // SAFETY: the operation, and with it the receiver, stays until the receiver was called, which is once.
        let completes =
            unsafe { std::mem::transmute::<Box<dyn FnOnce(_) + Send + '_>, Completes>(completes) };
        *this.sender.0.lock().unwrap() = Some(completes);
        Started::Later
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}

/// A pass that took too long asks what is under way to stop, and is over by what the other sender gives. What was asked says so in the
/// next pass, which did not ask, and begins it anew.
#[test]
fn a_stop_that_was_meant_for_an_earlier_pass_is_taken_for_nothing() {
    let near = Manual::simulated("near");
    let (slow, fast, record) = (ByHand::default(), ByHand::default(), Record::new());
    let env = Env::new().with_context(near.context().clone());
    let both = merge(slow.clone(), fast.clone()).timeout(Duration::from_secs(1));
    let mut operation = Box::pin(both.connect(record.clone(), &env));
    // SAFETY: no pass is under way, here and below; the operation is dropped between two passes.
    assert_eq!(unsafe { operation.as_mut().start() }, Started::Later);
    near.run_until_idle();
    near.advance(Duration::from_secs(2));
    near.run_until_idle();
    assert_eq!(record.take(), [], "what is under way was asked, and is awaited");
    fast.complete(value(1));
    near.run_until_idle();
    let first = record.take();
    assert!(matches!(first[..], [Completion::Value(1) | Completion::Error(_)]), "{first:?}");

    {
        // So that the time of the pass is the context's.
        // SAFETY: only this thread turns it.
        let _here = unsafe { enter(near.context().clone()) };
        // SAFETY: see above.
        assert_eq!(unsafe { operation.as_mut().start() }, Started::Later);
    }
    near.run_until_idle();
    slow.complete(stopped(Requested));
    near.run_until_idle();
    assert_eq!(record.take(), [], "nobody has asked this pass");
    assert!(slow.is_under_way(), "it was begun anew");
    slow.complete(value(5));
    near.run_until_idle();
    assert_eq!(record.take(), [value(5)]);

    drop(operation);
    fast.complete(stopped(Requested));
    near.run_until_idle();
    assert!(!fast.is_under_way());
}
