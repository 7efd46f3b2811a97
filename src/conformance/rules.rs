//! One check for each rule of the contract.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::probe::{Event, Log, Manner, Probe, task};
use super::{Check, Harness, Violation};
use crate::context::{ContextRef, current};
use crate::work::{Fate, TaskRef};

/// Rule 1: an id of its own, and a name.
///
/// # Errors
///
/// What is broken.
pub fn identity<H: Harness>(make: impl Fn() -> H) -> Result<(), Violation> {
    let (one, other) = (Check::new(1, make()), Check::new(1, make()));
    let (context, another) = (one.context(), other.context());
    one.require(context.id() != another.id(), "two contexts have the same id")?;
    one.require(context.id() == one.context().id(), "its id changes")?;
    one.require(!context.name().is_empty(), "it has no name")?;
    one.require(!context.kind().is_empty(), "it has no kind")?;
    one.harness.end();
    other.harness.end();
    Ok(())
}

fn logged(log: &Arc<Log>, context: &ContextRef, number: usize) -> TaskRef {
    let (log, context) = (Arc::clone(log), context.clone());
    task(move |fate| match fate {
        Fate::Run => log.visit(&context, || log.add(Event::Ran(number))),
        Fate::Abandoned => log.add(Event::Dropped(number)),
    })
}

/// Rule 2: one thread at a time, which knows where it is.
///
/// # Errors
///
/// What is broken.
pub fn one_thread<H: Harness>(make: impl Fn() -> H) -> Result<(), Violation> {
    const TASKS: usize = 200;
    let check = Check::new(2, make());
    let (log, context) = (Log::new(), check.context());
    check.require(!context.is_here(), "it claims a thread that it does not run on")?;
    let posters = [0, 1].map(|half| {
        let (log, context) = (Arc::clone(&log), context.clone());
        thread::spawn(move || (0..TASKS).for_each(|_| context.post(logged(&log, &context, half))))
    });
    check.eventually("not every posted task ran", || {
        log.count(&Event::Ran(0)) + log.count(&Event::Ran(1)) == 2 * TASKS
    })?;
    check.eventually("a call of `post` did not return", || {
        posters.iter().all(|poster| poster.is_finished())
    })?;
    check.require(!log.has(&Event::Overlap), "it runs two things at once")?;
    check.require(
        !log.has(&Event::NotHere),
        "`current` or `is_here` does not name it while it runs something",
    )?;
    check.require(current().is_none(), "it is still current on a thread that does not run it")?;
    check.require(!context.is_here(), "it still claims a thread that does not run it")?;
    check.harness.end();
    Ok(())
}

/// Rule 3: posted tasks run in order, and not inside `post`.
///
/// # Errors
///
/// What is broken.
pub fn posts<H: Harness>(make: impl Fn() -> H) -> Result<(), Violation> {
    const TASKS: usize = 100;
    let check = Check::new(3, make());
    let (log, context) = (Log::new(), check.context());
    // All but the first are posted by the context itself, so that nothing else comes between.
    let first = {
        let (log, context) = (Arc::clone(&log), context.clone());
        task(move |_| {
            for number in 1..TASKS {
                context.post(logged(&log, &context, number));
            }
            log.add(Event::Ran(0));
        })
    };
    context.post(first);
    check.eventually("not every posted task ran", || log.has(&Event::Ran(TASKS - 1)))?;
    let ran = log.events();
    check.require(ran.first() == Some(&Event::Ran(0)), "it runs a task inside `post`")?;
    let ordered = ran.iter().eq((0..TASKS).map(Event::Ran).collect::<Vec<_>>().iter());
    check.require(ordered, "tasks do not run in the order of posting, each once")?;
    for number in TASKS..2 * TASKS {
        context.post(logged(&log, &context, number));
    }
    check.eventually("not every task posted from outside ran", || log.has(&Event::Ran(2 * TASKS - 1)))?;
    let ordered = log.events().iter().eq((0..2 * TASKS).map(Event::Ran).collect::<Vec<_>>().iter());
    check.require(ordered, "tasks posted from outside do not run in the order of posting, each once")?;
    check.harness.end();
    Ok(())
}

/// A task that waits again until `ready`, then logs `number`.
fn polling(
    log: &Arc<Log>,
    context: &ContextRef,
    number: usize,
    deadline: Option<Instant>,
    ready: impl Fn() -> bool + Send + 'static,
) -> TaskRef {
    let (log, context) = (Arc::clone(log), context.clone());
    task(move |fate| match fate {
        Fate::Abandoned => log.add(Event::Dropped(number)),
        Fate::Run if ready() => log.visit(&context, || log.add(Event::Ran(number))),
        Fate::Run => {
            let again = polling(&log, &context, number, deadline, ready);
            context.post_waiting(again, deadline);
        }
    })
}

/// Rule 4: waiting tasks run again after a wake, an event or the deadline.
///
/// # Errors
///
/// What is broken.
pub fn waits<H: Harness>(make: impl Fn() -> H) -> Result<(), Violation> {
    const PAUSE: Duration = Duration::from_millis(20);
    let check = Check::new(4, make());
    let (log, context) = (Log::new(), check.context());
    let deadline = Instant::now() + PAUSE;
    context.post(polling(&log, &context, 0, Some(deadline), move || Instant::now() >= deadline));
    check.eventually("a waiting task did not run after its deadline", || log.has(&Event::Ran(0)))?;

    let woken = Arc::clone(&log);
    context.post(polling(&log, &context, 1, None, move || woken.gone()));
    // The context falls asleep, if it does.
    let until = Instant::now() + PAUSE;
    check.eventually("", || Instant::now() > until)?;
    check.require(!log.has(&Event::Ran(1)), "a task ran that was not ready")?;
    log.go();
    if context.must_be_woken() {
        context.wake();
    }
    check.eventually("a waiting task did not run after a wake", || log.has(&Event::Ran(1)))?;
    check.harness.end();
    Ok(())
}

/// Rule 5: hosts lanes.
///
/// # Errors
///
/// What is broken.
pub fn lanes<H: Harness>(make: impl Fn() -> H) -> Result<(), Violation> {
    let check = Check::new(5, make());
    let context = check.context();

    let log = Log::new();
    Probe::new(&log, Manner::Count(1_000)).attach(&context);
    check.eventually("a lane was not run until it was done and then dropped", || {
        log.has(&Event::LaneDropped)
    })?;
    let expected = [Event::Started, Event::Turned, Event::Done, Event::LaneDropped];
    check.require(
        log.events() == expected,
        "a lane is not started, turned until done, and dropped, in this order",
    )?;
    check.require(log.turns() == 1_000, "a lane is turned more often than until it is done")?;

    let (busy, other) = (Log::new(), Log::new());
    Probe::new(&busy, Manner::BusyUntilGo).attach(&context);
    check.eventually("a lane was not run", || busy.turns() > 0)?;
    let poster = {
        let (other, context) = (Arc::clone(&other), context.clone());
        thread::spawn(move || context.post(logged(&other, &context, 0)))
    };
    check.eventually("a busy lane starves a task", || other.has(&Event::Ran(0)) && poster.is_finished())?;
    Probe::new(&other, Manner::Count(1_000)).attach(&context);
    check.eventually("a busy lane starves another lane", || other.has(&Event::Done))?;
    let turns = busy.turns();
    check.eventually("a lane that was busy first is starved", || busy.turns() > turns)?;
    let checks = busy.checks();
    context.wake();
    check.eventually("a lane was not checked after attention was raised", || busy.checks() > checks)?;
    busy.go();
    check.eventually("a lane that is done was not dropped", || busy.has(&Event::LaneDropped))?;
    check.require(!busy.has(&Event::CalledAfterEnd), "a lane is called after it is done")?;
    check.harness.end();
    Ok(())
}

/// Rule 6: a panic stays with the lane or the task that panicked.
///
/// # Errors
///
/// What is broken.
pub fn panics<H: Harness>(make: impl Fn() -> H) -> Result<(), Violation> {
    const MESSAGE: &str = "on purpose, to check that it is caught";
    let check = Check::new(6, make());
    let context = check.context();

    let (busy, bad) = (Log::new(), Log::new());
    Probe::new(&busy, Manner::BusyUntilGo).attach(&context);
    check.eventually("a lane was not run", || busy.turns() > 0)?;
    Probe::new(&bad, Manner::Panic(MESSAGE)).attach(&context);
    check.eventually("a lane that panicked was not dropped", || bad.has(&Event::LaneDropped))?;
    let expected = [Event::Started, Event::Turned, Event::Panicked(MESSAGE.to_owned()), Event::LaneDropped];
    check.require(bad.events() == expected, "a lane that panicked is not told so, once, with the message")?;
    let turns = busy.turns();
    check.eventually("a panic in one lane stops another", || busy.turns() > turns)?;
    busy.go();
    check.eventually("a panic in one lane stops another", || busy.has(&Event::Done))?;

    let log = Log::new();
    let poster = {
        let (log, context) = (Arc::clone(&log), context.clone());
        thread::spawn(move || {
            context.post(task(|fate| {
                if fate == Fate::Run {
                    // Unwinds without the panic hook, so that nothing is printed.
                    std::panic::resume_unwind(Box::new(MESSAGE));
                }
            }));
            context.post(logged(&log, &context, 0));
        })
    };
    check.eventually("a panic in one task stops another", || log.has(&Event::Ran(0)))?;
    check.eventually("a call of `post` did not return", || poster.is_finished())?;
    check.require(!log.has(&Event::NotHere), "after a panic `current` does not name it")?;
    check.harness.end();
    Ok(())
}

/// Rule 7: no wake is slept through, in `rounds` races of each kind.
///
/// # Errors
///
/// What is broken.
pub fn wakes<H: Harness>(make: impl Fn() -> H, rounds: usize) -> Result<(), Violation> {
    let check = Check::new(7, make());
    let context = check.context();
    let mut delays = Delays(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds {
        let log = Log::new();
        context.post(logged(&log, &context, 0));
        delays.pause();
        context.post(logged(&log, &context, 1));
        check.eventually("it sleeps past a post", || log.has(&Event::Ran(0)) && log.has(&Event::Ran(1)))?;

        let woken = Arc::clone(&log);
        context.post(polling(&log, &context, 2, None, move || woken.gone()));
        delays.pause();
        log.go();
        if context.must_be_woken() {
            context.wake();
        }
        check.eventually("it sleeps past a wake", || log.has(&Event::Ran(2)))?;
    }
    // Fewer, because each takes a thread of its own.
    for _ in 0..rounds.div_ceil(20) {
        let log = Log::new();
        Probe::new(&log, Manner::IdleUntilGo).attach(&context);
        check.eventually("it sleeps past an attach", || log.turns() > 0)?;
        delays.pause();
        log.go();
        if context.must_be_woken() {
            context.nudge();
        }
        check.eventually("it sleeps past a nudge", || log.has(&Event::LaneDropped))?;
    }
    check.harness.end();
    Ok(())
}

/// Pauses of 0 to some 60 microseconds, the same in every run, to meet a context at every point of
/// falling asleep.
struct Delays(u64);

impl Delays {
    fn pause(&mut self) {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let until = Instant::now() + Duration::from_nanos(self.0 % (1 << ((self.0 >> 32) % 17)));
        while Instant::now() < until {
            std::hint::spin_loop();
        }
    }
}

/// Rule 8: at its end a context abandons what is left, and what comes later.
///
/// # Errors
///
/// What is broken.
pub fn ends<H: Harness>(make: impl Fn() -> H) -> Result<(), Violation> {
    let check = Check::new(8, make());
    let (context, limit) = (check.context(), check.harness.limit());
    let (lane, log) = (Log::new(), Log::new());
    Probe::new(&lane, Manner::IdleUntilGo).attach(&context);
    check.eventually("a lane was not run", || lane.turns() > 0)?;
    let poster = {
        let (log, context) = (Arc::clone(&log), context.clone());
        thread::spawn(move || context.post(polling(&log, &context, 0, None, || false)))
    };
    check.eventually("a call of `post` did not return", || poster.is_finished())?;
    check.harness.end();

    let after = Check::new(8, Ended(context.clone(), limit));
    after.eventually("a lane was not told of the end and dropped", || lane.has(&Event::LaneDropped))?;
    after.require(lane.has(&Event::ContextEnded), "a lane was dropped without being told of the end")?;
    after.eventually("a waiting task was not dropped at the end", || log.has(&Event::Dropped(0)))?;
    context.post(logged(&log, &context, 1));
    after.eventually("a task posted after the end was not dropped", || log.has(&Event::Dropped(1)))?;
    let late = Log::new();
    Probe::new(&late, Manner::Count(1)).attach(&context);
    after.eventually("a lane attached after the end was not dropped", || late.has(&Event::LaneDropped))?;
    let expected = [Event::ContextEnded, Event::LaneDropped];
    after.require(late.events() == expected, "a lane attached after the end was not abandoned at once")
}

/// A context that has ended already.
struct Ended(ContextRef, Duration);

impl Harness for Ended {
    fn context(&self) -> ContextRef {
        self.0.clone()
    }

    fn end(self) {}

    fn limit(&self) -> Duration {
        self.1
    }
}
