//! The crate's own contexts keep the contract, and the suite sees those that do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fusewire::conformance::{self, Harness, Violation, check_all, harness};
use fusewire::context::cpu::Cpu;
use fusewire::context::inline::Inline;
use fusewire::context::io::Io;
use fusewire::context::manual::Manual;
use fusewire::context::{Context, ContextId, ContextRef, Scheduler};
use fusewire::lane::{Abandoned, Lane, Turn};
use fusewire::wait::Wait;
use fusewire::work::TaskRef;

fn kept<H: Harness>(make: impl Fn() -> H) {
    if let Err(violation) = check_all(make) {
        panic!("{violation}");
    }
}

const STRATEGIES: [Wait; 4] =
    [Wait::Spin, Wait::spin_then_yield(), Wait::SpinThenPark { spins: 50 }, Wait::Park];

#[test]
fn inline_keeps_the_contract() {
    kept(|| harness(Inline::new(), Inline::end));
}

#[test]
fn manual_keeps_the_contract() {
    kept(|| harness(Manual::new(), Manual::end));
}

#[test]
fn cpu_keeps_the_contract_with_every_wait_strategy() {
    for wait in STRATEGIES {
        kept(|| harness(Cpu::builder().wait(wait).build().unwrap(), Cpu::end));
    }
}

#[test]
fn io_keeps_the_contract_with_every_wait_strategy() {
    for wait in STRATEGIES {
        kept(|| harness(Io::builder().wait(wait).build().unwrap(), Io::end));
    }
}

#[test]
fn no_wake_is_lost_in_ten_thousand_races() {
    for wait in [Wait::SpinThenPark { spins: 50 }, Wait::Park] {
        conformance::wakes(|| harness(Cpu::builder().wait(wait).build().unwrap(), Cpu::end), 10_000).unwrap();
    }
}

/// What a broken context does wrong. Each is a `Cpu` that parks, but for one fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    SharesItsId,
    IsEverywhere,
    RunsInsidePost,
    ForgetsDeadlines,
    IgnoresWakes,
    NeverStartsLanes,
    NeverChecksLanes,
    HoldsLanesBack,
    TellsNobodyOfAPanic,
    SleepsPastNudges,
    KeepsTasksAtItsEnd,
    DropsLanesAtItsEnd,
}

#[derive(Debug)]
struct Faulty {
    inner: ContextRef,
    fault: Fault,
    id: ContextId,
    ended: AtomicBool,
}

impl Faulty {
    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }
}

// SAFETY: it is none: faults break the promise. It is given the tasks and lanes of the suite alone, which rely on none of it, and has
// no timers.
unsafe impl Context for Faulty {
    fn id(&self) -> ContextId {
        if self.is(Fault::SharesItsId) { self.id } else { self.inner.id() }
    }

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn kind(&self) -> &'static str {
        "faulty"
    }

    fn is_here(&self) -> bool {
        self.is(Fault::IsEverywhere) || self.inner.is_here()
    }

    fn post(&self, task: TaskRef) {
        if self.is(Fault::KeepsTasksAtItsEnd) && self.ended.load(Ordering::SeqCst) {
            std::mem::forget(task);
        } else if self.is(Fault::RunsInsidePost) && self.is_here() {
            task.run();
        } else {
            self.inner.post(task);
        }
    }

    fn post_waiting(&self, task: TaskRef, deadline: Option<Instant>) {
        self.inner.post_waiting(task, if self.is(Fault::ForgetsDeadlines) { None } else { deadline });
    }

    fn attach(&self, lane: Box<dyn Lane>) {
        self.inner.attach(Box::new(Mistreated { lane: Some(lane), fault: self.fault, turns: 0 }));
    }

    fn wake(&self) {
        if !self.is(Fault::IgnoresWakes) {
            self.inner.wake();
        }
    }

    fn nudge(&self) {
        if !self.is(Fault::SleepsPastNudges) {
            self.inner.nudge();
        }
    }

    fn must_be_woken(&self) -> bool {
        true
    }
}

/// A lane to which a broken context does not do what it should.
struct Mistreated {
    lane: Option<Box<dyn Lane>>,
    fault: Fault,
    turns: u32,
}

impl Mistreated {
    fn lane(&mut self) -> &mut dyn Lane {
        self.lane.as_deref_mut().expect("until it is abandoned")
    }
}

impl Lane for Mistreated {
    fn start(&mut self) {
        if self.fault != Fault::NeverStartsLanes {
            self.lane().start();
        }
    }

    fn turn(&mut self) -> Turn {
        self.turns += 1;
        if self.fault == Fault::HoldsLanesBack && self.turns > 100 {
            return Turn::Idle;
        }
        self.lane().turn()
    }

    fn check(&mut self) {
        if self.fault != Fault::NeverChecksLanes {
            self.lane().check();
        }
    }

    fn abandon(&mut self, why: Abandoned) {
        let untold = match why {
            Abandoned::Panicked(_) => Fault::TellsNobodyOfAPanic,
            Abandoned::ContextEnded => Fault::DropsLanesAtItsEnd,
        };
        if self.fault != untold {
            self.lane().abandon(why);
        }
        self.lane = None;
    }
}

struct Suspect {
    cpu: Cpu,
    context: Arc<Faulty>,
}

impl Suspect {
    fn new(fault: Fault, shared: ContextId) -> Self {
        let cpu = Cpu::builder().wait(Wait::Park).build().unwrap();
        let inner = cpu.context().clone();
        let context = Arc::new(Faulty { inner, fault, id: shared, ended: AtomicBool::new(false) });
        Self { cpu, context }
    }
}

impl Harness for Suspect {
    fn context(&self) -> ContextRef {
        self.context.clone()
    }

    fn end(self) {
        self.context.ended.store(true, Ordering::SeqCst);
        self.cpu.end();
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(5)
    }
}

fn violation(fault: Fault) -> Violation {
    let shared = ContextId::unique();
    let found = check_all(|| Suspect::new(fault, shared));
    found.expect_err(&format!("{fault:?} was not found"))
}

/// The rule that each fault breaks, and words of what the suite says.
const FAULTS: [(Fault, u8, &str); 12] = [
    (Fault::SharesItsId, 1, "the same id"),
    (Fault::IsEverywhere, 2, "claims a thread"),
    (Fault::RunsInsidePost, 3, "inside `post`"),
    (Fault::ForgetsDeadlines, 4, "after its deadline"),
    (Fault::IgnoresWakes, 4, "after a wake"),
    (Fault::NeverStartsLanes, 5, "started"),
    (Fault::NeverChecksLanes, 5, "checked"),
    (Fault::HoldsLanesBack, 5, "until it was done"),
    (Fault::TellsNobodyOfAPanic, 6, "not told"),
    (Fault::SleepsPastNudges, 7, "past a nudge"),
    (Fault::KeepsTasksAtItsEnd, 8, "posted after the end"),
    (Fault::DropsLanesAtItsEnd, 8, "without being told"),
];

#[test]
fn every_planted_fault_is_found() {
    for (fault, rule, words) in FAULTS {
        let violation = violation(fault);
        assert_eq!(violation.rule, rule, "{fault:?}: {violation}");
        assert!(violation.what.contains(words), "{fault:?}: {violation}");
        assert!(violation.to_string().starts_with("the faulty context `cpu` breaks rule "), "{violation}");
    }
}
