//! The crate's own contexts keep the contract, and the suite sees those that do not.

use fusewire::conformance::{self, Harness, check_all};
use fusewire::context::cpu::Cpu;
use fusewire::context::inline::Inline;
use fusewire::context::io::Io;
use fusewire::context::manual::Manual;
use fusewire::context::{ContextRef, Scheduler};
use fusewire::wait::Wait;

/// A scheduler and how to end its context.
struct Ends<S>(S, fn(&S));

impl<S: Scheduler> Harness for Ends<S> {
    fn context(&self) -> ContextRef {
        self.0.context().clone()
    }

    fn end(self) {
        (self.1)(&self.0);
    }
}

fn kept<H: Harness>(make: impl Fn() -> H) {
    if let Err(violation) = check_all(make) {
        panic!("{violation}");
    }
}

const STRATEGIES: [Wait; 4] =
    [Wait::Spin, Wait::spin_then_yield(), Wait::SpinThenPark { spins: 50 }, Wait::Park];

#[test]
fn inline_keeps_the_contract() {
    kept(|| Ends(Inline::new(), Inline::end));
}

#[test]
fn manual_keeps_the_contract() {
    kept(|| Ends(Manual::new(), Manual::end));
}

#[test]
fn cpu_keeps_the_contract_with_every_wait_strategy() {
    for wait in STRATEGIES {
        kept(|| Ends(Cpu::builder().wait(wait).build().unwrap(), Cpu::end));
    }
}

#[test]
fn io_keeps_the_contract_with_every_wait_strategy() {
    for wait in STRATEGIES {
        kept(|| Ends(Io::builder().wait(wait).build().unwrap(), Io::end));
    }
}

#[test]
fn no_wake_is_lost_in_ten_thousand_races() {
    for wait in [Wait::SpinThenPark { spins: 50 }, Wait::Park] {
        conformance::wakes(|| Ends(Cpu::builder().wait(wait).build().unwrap(), Cpu::end), 10_000).unwrap();
    }
}
