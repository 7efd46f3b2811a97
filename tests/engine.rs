//! Life and death of running graphs: stop, join, drop, errors, panics. The graphs are hand-made
//! lanes, so that what is tested is the engine and the contexts alone.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use fusewire::completion::{Completion, Never, Started, StopReason};
use fusewire::conformance::task;
use fusewire::context::cpu::Cpu;
use fusewire::context::inline::Inline;
use fusewire::context::manual::Manual;
use fusewire::context::{ContextRef, Scheduler};
use fusewire::control::{Control, LaneCounts, Mode, RunError, Stop};
use fusewire::engine::Engine;
use fusewire::env::Env;
use fusewire::lane::{Abandoned, Lane, Turn};
use fusewire::launch::{Launch, LaunchError};
use fusewire::operation::Operation;
use fusewire::receiver::Receiver;
use fusewire::sender::Sender;
use fusewire::wait::Wait;

/// A sender that places whatever lanes a test asks for.
struct Lanes(Box<dyn FnOnce(&mut Launch<'_>) + Send>);

/// Lanes are never connected.
struct Unconnected<R>(R);

// SAFETY: `receiver` gives none.
unsafe impl<R: Receiver<(), Never>> Operation for Unconnected<R> {
    type Value = ();
    type Error = Never;
    type Receiver = R;

    unsafe fn start(self: std::pin::Pin<&mut Self>) -> Started<(), Never> {
        Started::Inline(Completion::Stopped(StopReason::Ended))
    }

    fn receiver(self: std::pin::Pin<&mut Self>) -> std::pin::Pin<&mut R> {
        unimplemented!("these lanes are launched, not connected")
    }
}

impl Sender for Lanes {
    type Value = ();
    type Error = Never;
    type Operation<R: Receiver<(), Never>> = Unconnected<R>;

    fn connect<R: Receiver<(), Never>>(self, receiver: R, _: &Env) -> Unconnected<R> {
        Unconnected(receiver)
    }

    fn launch(self, launch: &mut Launch<'_>) -> Result<(), LaunchError> {
        (self.0)(launch);
        Ok(())
    }
}

/// Counts passes until it is stopped or `body` ends it.
struct Counter<F> {
    control: Arc<Control>,
    counts: LaneCounts,
    body: F,
}

impl<F: FnMut(u64) -> Turn + Send> Lane for Counter<F> {
    fn turn(&mut self) -> Turn {
        let stopped = self.control.mode() != Mode::Running;
        let turn = if stopped { Turn::Done } else { (self.body)(self.counts.started) };
        match turn {
            Turn::Busy => {
                self.counts.started += 1;
                self.counts.completed += 1;
            }
            Turn::Idle => {}
            Turn::Done => self.control.lane_ended(self.counts),
        }
        turn
    }

    fn abandon(&mut self, why: Abandoned) {
        self.control.abandoned(why, self.counts);
    }
}

fn counting(scheduler: &impl Scheduler, body: impl FnMut(u64) -> Turn + Send + 'static) -> Lanes {
    let context = scheduler.context().clone();
    Lanes(Box::new(move |launch| {
        let control = Arc::clone(launch.control());
        launch.place(&context, Box::new(Counter { control, counts: LaneCounts::default(), body }));
    }))
}

fn endless(scheduler: &impl Scheduler) -> Lanes {
    counting(scheduler, |_| Turn::Busy)
}

fn panicking(scheduler: &impl Scheduler) -> Lanes {
    counting(scheduler, |passes| if passes == 10 { panic!("pass {passes} is too many") } else { Turn::Busy })
}

fn strategies() -> impl Iterator<Item = Cpu> {
    let all = [Wait::Spin, Wait::spin_then_yield(), Wait::spin_then_park(), Wait::Park];
    all.into_iter().map(|wait| Cpu::builder().wait(wait).build().unwrap())
}

/// Waits for something that another thread is about to do.
fn soon(mut happened: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until {
        if happened() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    false
}

#[test]
fn a_graph_runs_to_its_end_on_every_wait_strategy() {
    for cpu in strategies() {
        let graph = counting(&cpu, |passes| if passes == 1_000 { Turn::Done } else { Turn::Busy });
        let report = Engine::new().run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (1_000, 1_000), "{cpu:?}");
    }
}

#[test]
fn stop_ends_a_graph_that_would_run_for_ever() {
    for how in [Stop::Drain, Stop::Abandon] {
        for cpu in strategies() {
            let handle = Engine::new().run(endless(&cpu)).unwrap();
            assert!(!handle.is_finished());
            handle.stop(how);
            assert!(handle.join().unwrap().elapsed > Duration::ZERO);
        }
    }
}

#[test]
fn stop_reaches_a_lane_that_sleeps() {
    for cpu in strategies() {
        let handle = Engine::new().run(counting(&cpu, |_| Turn::Idle)).unwrap();
        let handle = handle.join_timeout(Duration::from_millis(20)).expect_err("nothing ends it");
        handle.stop(Stop::Drain);
        assert_eq!(handle.join().unwrap().started, 0);
    }
}

/// Holds the sending end of a full queue until the graph is asked to stop.
struct Producer {
    control: Arc<Control>,
    queue: Option<mpsc::Sender<u64>>,
    // Where the consumer is, which may sleep.
    to: ContextRef,
}

/// Leaves the queue alone until the graph is asked to stop, so that draining and abandoning differ.
struct Consumer {
    control: Arc<Control>,
    queue: mpsc::Receiver<u64>,
    counts: LaneCounts,
}

const FILL: u64 = 100;

impl Lane for Producer {
    fn turn(&mut self) -> Turn {
        if self.control.mode() == Mode::Running {
            return Turn::Idle;
        }
        self.queue = None;
        self.to.nudge();
        self.control.lane_ended(LaneCounts { started: FILL, completed: 0 });
        Turn::Done
    }

    fn abandon(&mut self, why: Abandoned) {
        self.control.abandoned(why, LaneCounts::default());
    }
}

impl Lane for Consumer {
    fn turn(&mut self) -> Turn {
        let over = match self.control.mode() {
            Mode::Running => return Turn::Idle,
            Mode::Draining => match self.queue.try_recv() {
                Ok(_) => {
                    self.counts.completed += 1;
                    false
                }
                Err(mpsc::TryRecvError::Empty) => return Turn::Idle,
                Err(mpsc::TryRecvError::Disconnected) => true,
            },
            Mode::Abandoning => true,
        };
        if !over {
            return Turn::Busy;
        }
        self.control.lane_ended(self.counts);
        Turn::Done
    }

    fn abandon(&mut self, why: Abandoned) {
        self.control.abandoned(why, self.counts);
    }
}

fn pair(from: &impl Scheduler, to: &impl Scheduler) -> Lanes {
    let (from, to) = (from.context().clone(), to.context().clone());
    Lanes(Box::new(move |launch| {
        let control = Arc::clone(launch.control());
        let (sent, queue) = mpsc::channel();
        (0..FILL).for_each(|value| sent.send(value).unwrap());
        launch
            .place(&from, Box::new(Producer { control: control.clone(), queue: Some(sent), to: to.clone() }));
        launch.place(&to, Box::new(Consumer { control, queue, counts: LaneCounts::default() }));
    }))
}

#[test]
fn drain_works_off_what_is_inside_and_abandon_does_not() {
    for (how, completed) in [(Stop::Drain, FILL), (Stop::Abandon, 0)] {
        // Both lanes on one context, and one lane on each of two that sleep.
        let manual = Manual::new();
        let handle = Engine::on(manual.clone()).run(pair(&manual, &manual)).unwrap();
        manual.run_until_idle();
        handle.stop(how);
        let report = handle.join().unwrap();
        assert_eq!((report.started, report.completed), (FILL, completed), "{how:?} on one context");

        let [from, to] = [0, 1].map(|_| Cpu::builder().wait(Wait::Park).build().unwrap());
        let handle = Engine::new().run(pair(&from, &to)).unwrap();
        handle.stop(how);
        let report = handle.join().unwrap();
        assert_eq!((report.started, report.completed), (FILL, completed), "{how:?} on two contexts");
    }
}

#[test]
fn abandon_overrides_drain_and_not_the_other_way() {
    let manual = Manual::new();
    let handle = Engine::on(manual.clone()).run(pair(&manual, &manual)).unwrap();
    manual.run_until_idle();
    handle.stop(Stop::Abandon);
    handle.stop(Stop::Drain);
    assert_eq!(handle.join().unwrap().completed, 0);
}

#[derive(Debug, PartialEq)]
struct Broken(u32);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "part {} is broken", self.0)
    }
}

#[test]
fn join_gives_the_error_of_a_lane() {
    let cpu = Cpu::builder().build().unwrap();
    let context = cpu.context().clone();
    let graph = Lanes(Box::new(move |launch| {
        let control = Arc::clone(launch.control());
        let failing = Arc::clone(&control);
        let body = move |passes| {
            if passes == 3 {
                failing.fail(RunError::failed(Broken(7)));
            }
            Turn::Busy
        };
        launch.place(&context, Box::new(Counter { control, counts: LaneCounts::default(), body }));
    }));
    let error = Engine::new().run(graph).unwrap().join().unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&Broken(7)));
    assert_eq!(error.to_string(), "a stage failed: part 7 is broken");
}

#[test]
fn a_panic_stops_its_graph_and_no_other() {
    for cpu in strategies() {
        let engine = Engine::new();
        let survivor = engine.run(endless(&cpu)).unwrap();
        let line = line!() + 1;
        let error = engine.run(panicking(&cpu)).unwrap().join().unwrap_err();
        let RunError::Panicked(report) = error else { panic!("{error}") };
        assert_eq!(report.message, "pass 10 is too many");
        assert_eq!(report.file, file!());
        assert!(report.line > 0 && report.line < line, "{report:?}");
        assert!(!survivor.is_finished());
        // The context goes on, also with what is new.
        let graph = counting(&cpu, |passes| if passes == 5 { Turn::Done } else { Turn::Busy });
        assert_eq!(engine.run(graph).unwrap().join().unwrap().completed, 5);
        survivor.stop(Stop::Drain);
        survivor.join().unwrap();
    }
}

/// Tells the stage as generated code does.
struct InStage(&'static str);

impl Drop for InStage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            fusewire::panic_site::set_panicking_stage(self.0, file!(), line!());
        }
    }
}

#[test]
fn a_panic_names_its_innermost_stage() {
    let manual = Manual::new();
    let graph = counting(&manual, |_| {
        let _outer = InStage("strategy");
        let _inner = InStage("price");
        panic!("no price")
    });
    let error = Engine::on(manual).run(graph).unwrap().join().unwrap_err();
    let RunError::Panicked(report) = &error else { panic!("{error}") };
    assert_eq!(report.stage.as_deref(), Some("price"));
    let expected = format!("price panicked at {}:{}: no price", file!(), report.line);
    assert_eq!(error.to_string(), expected);

    // The next panic does not inherit the name.
    let manual = Manual::new();
    let error = Engine::on(manual.clone()).run(panicking(&manual)).unwrap().join().unwrap_err();
    assert!(matches!(&error, RunError::Panicked(report) if report.stage.is_none()), "{error}");
}

#[test]
fn a_context_that_ends_says_so_to_its_graphs() {
    for cpu in strategies() {
        let handle = Engine::new().run(endless(&cpu)).unwrap();
        cpu.end();
        let error = handle.join().unwrap_err();
        assert!(matches!(error, RunError::ContextEnded), "{error}");
        let error = Engine::new().run(endless(&cpu)).unwrap().join().unwrap_err();
        assert!(matches!(error, RunError::ContextEnded), "{error}");
    }
}

#[test]
fn a_graph_keeps_the_context_that_was_moved_into_it() {
    let handle = {
        let cpu = Cpu::builder().build().unwrap();
        Engine::new()
            .run(counting(&cpu, |passes| if passes == 100_000 { Turn::Done } else { Turn::Busy }))
            .unwrap()
    };
    assert_eq!(handle.join().unwrap().completed, 100_000);
}

#[test]
fn join_takes_the_turns_of_a_context_without_a_thread() {
    let manual = Manual::new();
    let engine = Engine::on(manual.clone());
    let handle =
        engine.run(counting(&manual, |passes| if passes == 7 { Turn::Done } else { Turn::Busy })).unwrap();
    assert_eq!(handle.join().unwrap().completed, 7);
    let handle = engine.run(endless(&manual)).unwrap();
    let handle = handle.join_timeout(Duration::from_millis(5)).expect_err("it is endless");
    drop(handle);
}

#[test]
fn inline_runs_a_graph_inside_run() {
    let inline = Inline::new();
    let graph = counting(&inline, |passes| if passes == 7 { Turn::Done } else { Turn::Busy });
    let handle = Engine::on(inline).run(graph).unwrap();
    assert!(handle.is_finished());
    assert_eq!(handle.join().unwrap().completed, 7);
}

#[test]
fn a_handle_may_be_dropped_on_the_context_of_its_graph() {
    let cpu = Cpu::builder().build().unwrap();
    let handle = Engine::new().run(endless(&cpu)).unwrap();
    let stopper = handle.stopper();
    cpu.context().post(task(move |_| drop(handle)));
    let (control, ended) = mpsc::channel();
    assert!(soon(|| {
        let control = control.clone();
        cpu.context().post(task(move |_| control.send(()).unwrap()));
        ended.recv_timeout(Duration::from_secs(10)).is_ok()
    }));
    stopper.stop(Stop::Abandon);
}

#[test]
fn dropping_a_handle_ends_its_graph() {
    for cpu in strategies() {
        let dropped = Arc::new(());
        let held = Arc::clone(&dropped);
        let handle = Engine::new().run(counting(&cpu, move |_| {
            let _held = &held;
            Turn::Busy
        }));
        drop(handle);
        // The lane has ended; its context drops it at once.
        assert!(soon(|| Arc::strong_count(&dropped) == 1), "{cpu:?}");
    }
}

/// An error whose drop asks the graph something, as one that holds a handle of it does.
struct Asks {
    control: Arc<Control>,
    dropped: mpsc::Sender<usize>,
}

impl std::fmt::Display for Asks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("asks")
    }
}

impl Drop for Asks {
    fn drop(&mut self) {
        let _ = self.dropped.send(self.control.contexts().len());
    }
}

#[test]
fn an_error_that_came_too_late_may_ask_the_graph_when_it_is_dropped() {
    let cpu = Cpu::builder().build().unwrap();
    let context = cpu.context().clone();
    let (dropped, told) = mpsc::channel();
    let failing = Lanes(Box::new(move |launch| {
        let control = Arc::clone(launch.control());
        let fails = Arc::clone(&control);
        let body = move |_| {
            fails.fail(RunError::failed("the first"));
            fails.fail(RunError::failed(Asks { control: Arc::clone(&fails), dropped: dropped.clone() }));
            Turn::Busy
        };
        launch.place(&context, Box::new(Counter { control, counts: LaneCounts::default(), body }));
    }));
    let graph = Engine::on(cpu.clone()).run(failing).unwrap();
    let Ok(lanes) = told.recv_timeout(Duration::from_secs(10)) else {
        // Its lane holds the lock for ever: nothing of it can be ended.
        std::mem::forget((graph, cpu));
        panic!("the lane waits for a lock that it holds");
    };
    assert_eq!(lanes, 1);
    assert_eq!(graph.join().unwrap_err().to_string(), RunError::failed("the first").to_string());
}
