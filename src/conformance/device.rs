//! Checks that a device keeps its contract; for the crate's reference device and for every target.
//!
//! The contract is the numbered list in [`device`](crate::device). Each rule has a function here of the
//! form `rule(make)`, where `make` gives a device; [`check_all`] calls them all but [`losing`], which
//! needs a device that gets lost, and [`floats`], which not every device has. The context of the device
//! is checked by [`conformance::check_all`](super::check_all), as any context is.
//!
//! # Examples
//!
//! ```
//! use fusewire::conformance::device::check_all;
//! use fusewire::device::reference::Reference;
//!
//! check_all(|| Reference::builder().build().unwrap())?;
//! # Ok::<(), fusewire::conformance::device::Violation>(())
//! ```

mod cases;
mod rules;

use std::fmt;
use std::time::{Duration, Instant};

use crate::device::{Device, DeviceError, Queue};

use cases::Case;

pub use rules::{computes, drops, floats, inputs, losing, opens, order, promises, waits, window};

/// How long a check waits for something that must happen, on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// A rule of the contract that a device does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The number of the rule, in the list of [`device`](crate::device).
    pub rule: u8,
    /// The device's kind and name.
    pub device: String,
    /// What it did.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, device, what } = self;
        write!(f, "{device} breaks rule {rule} of the contract of a device: {what}")
    }
}

impl std::error::Error for Violation {}

/// Checks every rule that each device can be asked for.
///
/// # Errors
///
/// The first rule that is broken.
pub fn check_all<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    opens(&make)?;
    promises(&make)?;
    computes(&make)?;
    order(&make)?;
    window(&make)?;
    waits(&make)?;
    inputs(&make)?;
    drops(&make)
}

/// One check of one rule on one device.
struct Check<D> {
    rule: u8,
    device: D,
}

impl<D: Device> Check<D> {
    const fn new(rule: u8, device: D) -> Self {
        Self { rule, device }
    }

    fn violation(&self, what: impl Into<String>) -> Violation {
        let context = self.device.context();
        let device = format!("the {} device `{}`", context.kind(), context.name());
        Violation { rule: self.rule, device, what: what.into() }
    }

    fn require(&self, kept: bool, what: impl Into<String>) -> Result<(), Violation> {
        if kept { Ok(()) } else { Err(self.violation(what)) }
    }

    fn opened(&self, case: &Case) -> Result<Driven<'_, D>, Violation> {
        let program = case.program().map_err(|refused| self.violation(refused.to_string()))?;
        let queue = self
            .device
            .open(&program)
            .map_err(|error| self.violation(format!("it cannot open {}: {error}", case.name)))?;
        Ok(Driven { check: self, queue })
    }
}

/// A queue under check.
struct Driven<'c, D: Device> {
    check: &'c Check<D>,
    queue: D::Queue,
}

impl<D: Device> Driven<'_, D> {
    fn failed(&self, doing: &str, error: &DeviceError) -> Violation {
        self.check.violation(format!("{doing} failed: {error}"))
    }

    /// Writes `rows` values, beginning with number `first`, to `slot`.
    fn fill(&mut self, case: &Case, slot: usize, first: u64, rows: usize) {
        let input = self.queue.input(slot);
        for (number, row) in (first..).zip(input.chunks_exact_mut(case.input_bytes)).take(rows) {
            (case.input)(number, row);
        }
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), Violation> {
        self.queue.submit(slot, rows).map_err(|error| self.failed("to submit", &error))
    }

    fn poll(&mut self) -> Result<usize, Violation> {
        self.queue.poll().map_err(|error| self.failed("to poll", &error))
    }

    /// Polls until `wanted` batches have finished.
    fn finish(&mut self, wanted: usize) -> Result<(), Violation> {
        let until = Instant::now() + LIMIT;
        let mut finished = 0;
        while finished < wanted {
            finished += self.poll()?;
            if Instant::now() > until {
                let what = format!("of {wanted} batches {finished} have finished within {LIMIT:?}");
                return Err(self.check.violation(what));
            }
            std::hint::spin_loop();
        }
        self.check
            .require(finished == wanted, format!("{finished} batches have finished of {wanted} submitted"))
    }

    /// Compares the output of `slot` with what the host makes of the same values.
    fn compare(&mut self, case: &Case, slot: usize, first: u64, rows: usize) -> Result<(), Violation> {
        let mut expected = vec![0; case.output_bytes];
        let output = self.queue.output(slot);
        for (number, row) in (first..).zip(output.chunks_exact(case.output_bytes)).take(rows) {
            expected.fill(0);
            (case.expected)(number, &mut expected);
            if !(case.same)(row, &expected) {
                let (name, index) = (case.name, number - first);
                let what = format!(
                    "{name}: row {index} of {rows} in slot {slot} is {row:02x?}, and the host computes {expected:02x?}"
                );
                return Err(self.check.violation(what));
            }
        }
        Ok(())
    }
}
