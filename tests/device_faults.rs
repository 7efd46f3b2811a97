//! The conformance suite of devices finds each fault that is planted here.

use std::time::Duration;

use fusewire::conformance::device::{check_all, losing};
use fusewire::context::{ContextRef, OnDevice, Scheduler};
use fusewire::device::reference::{Fails, Reference, ReferenceQueue};
use fusewire::device::{Batching, Device, DeviceError, Queue};
use fusewire::kernel::Program;

/// What a broken device does wrong. Each is the reference device but for one fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    PanicsAtOpen,
    HasNoSlots,
    ChangesItsMind,
    KeepsLessThanItSays,
    MiscomputesTheLastRow,
    MiscomputesASecondBatch,
    FinishesBeforeItHas,
    FinishesTwice,
    BlocksInPoll,
    BlocksInSubmit,
    EatsItsInputs,
    Recovers,
}

#[derive(Debug, Clone)]
struct Faulty {
    inner: Reference,
    fault: Fault,
}

struct FaultyQueue {
    inner: ReferenceQueue,
    fault: Fault,
    batches: usize,
    in_flight: usize,
    // The slot and the rows of the last batch.
    last: (usize, usize),
    early: bool,
    failed: bool,
    row: usize,
}

impl Faulty {
    fn new(fault: Fault) -> Self {
        let fails = if fault == Fault::Recovers { Fails::After(2) } else { Fails::Never };
        let latency = if fault == Fault::FinishesBeforeItHas { 2_000 } else { 0 };
        let builder = Reference::builder().rows(8).window(3).latency(Duration::from_micros(latency));
        Self { inner: builder.fails(fails).build().unwrap(), fault }
    }
}

impl Scheduler for Faulty {
    type Runs = OnDevice;

    fn context(&self) -> &ContextRef {
        self.inner.context()
    }
}

impl Device for Faulty {
    type Queue = FaultyQueue;

    fn open(&self, program: &Program) -> Result<FaultyQueue, DeviceError> {
        assert!(self.fault != Fault::PanicsAtOpen, "on purpose, to check that it is caught");
        let inner = self.inner.open(program)?;
        let row = program.output().size();
        let (fault, early, failed) = (self.fault, false, false);
        Ok(FaultyQueue { inner, fault, batches: 0, in_flight: 0, last: (0, 0), early, failed, row })
    }

    fn batching(&self) -> Batching {
        self.inner.batching()
    }
}

impl Queue for FaultyQueue {
    fn batching(&self) -> Batching {
        let batching = self.inner.batching();
        match self.fault {
            Fault::HasNoSlots => Batching { window: 0, ..batching },
            Fault::ChangesItsMind if self.batches > 0 => Batching { rows: 7, ..batching },
            _ => batching,
        }
    }

    fn input(&mut self, slot: usize) -> &mut [u8] {
        let bytes = self.inner.input(slot);
        let less = usize::from(self.fault == Fault::KeepsLessThanItSays);
        let len = bytes.len();
        &mut bytes[..len - less]
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        if self.fault == Fault::BlocksInSubmit {
            std::thread::sleep(Duration::from_millis(60));
        }
        let recovers = self.fault == Fault::Recovers && self.failed;
        let submitted = self.inner.submit(slot, rows);
        self.failed |= submitted.is_err();
        self.batches += 1;
        self.in_flight += 1;
        self.last = (slot, rows);
        if recovers { Ok(()) } else { submitted }
    }

    fn poll(&mut self) -> Result<usize, DeviceError> {
        match self.fault {
            Fault::BlocksInPoll => std::thread::sleep(Duration::from_millis(60)),
            Fault::FinishesBeforeItHas if self.in_flight > 1 && !self.early => {
                self.early = true;
                self.in_flight -= 1;
                return Ok(1);
            }
            Fault::Recovers if self.failed => return Ok(0),
            _ => {}
        }
        let finished = self.inner.poll().inspect_err(|_| self.failed = true)?;
        self.in_flight -= finished.min(self.in_flight);
        if self.fault == Fault::EatsItsInputs && finished > 0 {
            self.inner.input(self.last.0).fill(0);
        }
        let twice = self.fault == Fault::FinishesTwice && self.batches > 12 && self.in_flight == 0;
        Ok(finished + usize::from(twice))
    }

    fn output(&mut self, slot: usize) -> &[u8] {
        let wrong = match self.fault {
            Fault::MiscomputesTheLastRow => self.last == (slot, 8),
            Fault::MiscomputesASecondBatch => self.batches > 1,
            _ => false,
        };
        let bytes = self.inner.output(slot);
        if !wrong {
            return bytes;
        }
        let mut bytes = bytes.to_vec();
        let at = if self.fault == Fault::MiscomputesTheLastRow { 7 * self.row } else { 0 };
        bytes[at] ^= 1;
        bytes.leak()
    }
}

fn found(fault: Fault) -> u8 {
    match check_all(|| Faulty::new(fault)) {
        Err(violation) => violation.rule,
        Ok(()) => panic!("{fault:?} was not found"),
    }
}

#[test]
fn the_suite_finds_each_planted_fault() {
    std::panic::set_hook(Box::new(|_| {}));
    let faults = [
        (Fault::PanicsAtOpen, 1),
        (Fault::HasNoSlots, 2),
        (Fault::ChangesItsMind, 2),
        (Fault::KeepsLessThanItSays, 2),
        (Fault::MiscomputesTheLastRow, 3),
        (Fault::MiscomputesASecondBatch, 3),
        (Fault::FinishesBeforeItHas, 4),
        (Fault::FinishesTwice, 4),
        (Fault::BlocksInPoll, 6),
        (Fault::BlocksInSubmit, 6),
        (Fault::EatsItsInputs, 7),
    ];
    let found: Vec<_> = faults.iter().map(|&(fault, _)| (fault, found(fault))).collect();
    drop(std::panic::take_hook());
    assert_eq!(found, faults);
}

#[test]
fn the_suite_finds_a_device_that_recovers() {
    let violation = losing(|| Faulty::new(Fault::Recovers)).unwrap_err();
    assert_eq!(violation.rule, 8, "{violation}");
}
