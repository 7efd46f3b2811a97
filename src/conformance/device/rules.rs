//! One check for each rule of the contract of a device.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::cases::{self, Case};
use super::{Check, LIMIT, Violation};
use crate::device::{Batching, Device, Queue};

/// Rule 1: a queue or an error, and no panic.
///
/// # Errors
///
/// What is broken.
pub fn opens<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    let check = Check::new(1, make());
    for case in cases::all() {
        let opened = catch_unwind(AssertUnwindSafe(|| check.opened(&case).map(drop)));
        opened.unwrap_or_else(|_| Err(check.violation(format!("it panics when it opens {}", case.name))))?;
    }
    Ok(())
}

/// Rule 2: rows and slots, as many as it says, with room for all.
///
/// # Errors
///
/// What is broken.
pub fn promises<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    let check = Check::new(2, make());
    for case in cases::all() {
        let mut driven = check.opened(&case)?;
        let batching = driven.queue.batching();
        let Batching { rows, window, .. } = batching;
        check.require(rows > 0 && window > 0, "a batch has no rows, or there are no slots")?;
        for slot in 0..window {
            let (input, output) = (driven.queue.input(slot).len(), driven.queue.output(slot).len());
            let holds = input >= rows * case.input_bytes && output >= rows * case.output_bytes;
            let what = format!("slot {slot} has {input} and {output} bytes for {rows} rows of {}", case.name);
            check.require(holds, what)?;
        }
        driven.fill(&case, 0, 0, 1);
        driven.submit(0, 1)?;
        driven.finish(1)?;
        check.require(driven.queue.batching() == batching, "what it says of its batches changes")?;
    }
    Ok(())
}

fn compute<D: Device>(check: &Check<D>, case: &Case) -> Result<(), Violation> {
    let mut driven = check.opened(case)?;
    let Batching { rows, window, .. } = driven.queue.batching();
    let mut first = 0;
    for (batch, rows) in [rows, 1, 2.min(rows), rows - rows / 3, rows].into_iter().enumerate() {
        let slot = batch % window;
        driven.fill(case, slot, first, rows);
        driven.submit(slot, rows)?;
        driven.finish(1)?;
        driven.compare(case, slot, first, rows)?;
        first += rows as u64;
    }
    Ok(())
}

/// Rule 3: what the host computes, bit for bit, wherever a row is and however many there are.
///
/// # Errors
///
/// What is broken.
pub fn computes<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    let check = Check::new(3, make());
    cases::all().iter().try_for_each(|case| compute(&check, case))
}

/// Rule 3 for kernels of `f32`, on devices that have it.
///
/// # Errors
///
/// What is broken.
pub fn floats<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    compute(&Check::new(3, make()), &cases::floating())
}

/// Rule 4: batches finish in the order of submission.
///
/// # Errors
///
/// What is broken.
pub fn order<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    let check = Check::new(4, make());
    let case = cases::stirred();
    let mut driven = check.opened(&case)?;
    let Batching { rows, window, .. } = driven.queue.batching();
    // Of changing size, so that a later one may be done before an earlier one.
    let size = |batch: usize| if batch.is_multiple_of(2) { rows } else { 1 };
    let total = 5 * window + 1;
    let (mut submitted, mut finished) = (0, 0);
    let until = Instant::now() + LIMIT;
    while finished < total {
        while submitted < total && submitted - finished < window {
            let slot = submitted % window;
            driven.fill(&case, slot, (submitted * rows) as u64, size(submitted));
            driven.submit(slot, size(submitted))?;
            submitted += 1;
        }
        let more = driven.poll()?;
        check.require(finished + more <= submitted, "more batches have finished than were submitted")?;
        for batch in finished..finished + more {
            driven.compare(&case, batch % window, (batch * rows) as u64, size(batch))?;
        }
        finished += more;
        check.require(Instant::now() < until, format!("batches do not finish within {LIMIT:?}"))?;
    }
    check.require(driven.poll()? == 0, "a batch finishes twice")
}

/// Rule 5: all slots in flight at once.
///
/// # Errors
///
/// What is broken.
pub fn window<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    let check = Check::new(5, make());
    let case = cases::stirred();
    let mut driven = check.opened(&case)?;
    let Batching { rows, window, .. } = driven.queue.batching();
    for slot in 0..window {
        driven.fill(&case, slot, (slot * rows) as u64, rows);
        driven.submit(slot, rows)?;
    }
    driven.finish(window)?;
    (0..window).try_for_each(|slot| driven.compare(&case, slot, (slot * rows) as u64, rows))
}

/// Rule 6: neither `submit` nor `poll` waits.
///
/// # Errors
///
/// What is broken.
pub fn waits<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    /// Longer than any call may take, on a machine that is busy with other things.
    const AT_ONCE: Duration = Duration::from_millis(50);
    const TRIES: usize = 5;
    let check = Check::new(6, make());
    let case = cases::stirred();
    let mut driven = check.opened(&case)?;
    let (mut submits, mut polls) = (Duration::MAX, Duration::MAX);
    let window = driven.queue.batching().window;
    check.require(driven.poll()? == 0, "a batch finishes that was never submitted")?;
    for round in 0..TRIES {
        let slot = round % window;
        driven.fill(&case, slot, 0, 1);
        let began = Instant::now();
        driven.submit(slot, 1)?;
        let submitted = Instant::now();
        let mut finished = driven.poll()?;
        submits = submits.min(submitted - began);
        polls = polls.min(submitted.elapsed());
        let until = Instant::now() + LIMIT;
        while finished == 0 {
            finished = driven.poll()?;
            check.require(Instant::now() < until, format!("a batch does not finish within {LIMIT:?}"))?;
        }
    }
    check.require(submits < AT_ONCE, format!("`submit` took {submits:?} each time"))?;
    check.require(polls < AT_ONCE, format!("`poll` took {polls:?} each time"))
}

/// Rule 7: the inputs stay.
///
/// # Errors
///
/// What is broken.
pub fn inputs<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    let check = Check::new(7, make());
    let case = cases::stirred();
    let mut driven = check.opened(&case)?;
    let rows = driven.queue.batching().rows;
    driven.fill(&case, 0, 7, rows);
    let written = driven.queue.input(0).to_vec();
    driven.submit(0, rows)?;
    let kept = driven.queue.input(0) == written;
    check.require(kept, "the inputs of a batch in flight cannot be read")?;
    driven.finish(1)?;
    let kept = driven.queue.input(0) == written;
    check.require(kept, "the inputs of a batch that has finished cannot be read")
}

/// Rule 8, for a device that is lost sooner or later: it stays lost, and rule 7 holds.
///
/// # Errors
///
/// What is broken, also if the device is not lost within 100 000 batches.
pub fn losing<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    const MOST: usize = 100_000;
    let check = Check::new(8, make());
    let case = cases::stirred();
    let mut driven = check.opened(&case)?;
    let window = driven.queue.batching().window;
    let until = Instant::now() + LIMIT;
    for batch in 0..MOST {
        let slot = batch % window;
        driven.fill(&case, slot, batch as u64, 1);
        let written = driven.queue.input(slot).to_vec();
        let mut lost = driven.queue.submit(slot, 1).is_err();
        while !lost {
            match driven.queue.poll() {
                Ok(0) => {}
                Ok(_) => break,
                Err(_) => lost = true,
            }
            check.require(Instant::now() < until, format!("it hangs for {LIMIT:?} instead of being lost"))?;
        }
        if lost {
            check.require(driven.queue.input(slot) == written, "the inputs are gone with the device")?;
            check.require(driven.queue.poll().is_err(), "`poll` succeeds after the device was lost")?;
            return check.require(
                driven.queue.submit(slot, 1).is_err(),
                "`submit` succeeds after the device was lost",
            );
        }
    }
    Err(check.violation(format!("it was not lost within {MOST} batches")))
}

/// Rule 9: dropped with batches in flight, and beside another queue.
///
/// # Errors
///
/// What is broken.
pub fn drops<D: Device>(make: impl Fn() -> D) -> Result<(), Violation> {
    const TIMES: usize = 8;
    let check = Check::new(9, make());
    let case = cases::stirred();
    let mut kept = check.opened(&case)?;
    let Batching { rows, window, .. } = kept.queue.batching();
    for round in 0..TIMES {
        let mut dropped = check.opened(&case)?;
        let slot = round % window;
        kept.fill(&case, slot, round as u64, rows);
        kept.submit(slot, rows)?;
        for slot in 0..window {
            dropped.fill(&case, slot, 1000, rows);
            dropped.submit(slot, rows)?;
        }
        let began = Instant::now();
        drop(dropped);
        check.require(began.elapsed() < LIMIT, format!("a drop takes longer than {LIMIT:?}"))?;
        kept.finish(1)?;
        kept.compare(&case, slot, round as u64, rows)?;
    }
    Ok(())
}
