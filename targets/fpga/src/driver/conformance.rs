//! Checks that a card keeps the contract of a driver; for this crate's cards and for anybody's.
//!
//! The contract is the numbered list in [`driver`](crate::driver). The checks return what is broken rather than panic,
//! and give up after [`LIMIT`], so that a card that hangs fails instead.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use super::{Card, CardError, Identity};
use crate::core::Core;

/// How long a check waits for something that must happen.
pub const LIMIT: Duration = Duration::from_secs(60);

/// How long `submit` and `poll` may take: much longer than they should, for a busy machine.
const AT_ONCE: Duration = Duration::from_millis(500);

/// A rule of the contract that a card does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The number of the rule, in the list of [`driver`](crate::driver).
    pub rule: u8,
    /// What the card did.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the card breaks rule {} of the contract of a driver: {}", self.rule, self.what)
    }
}

impl std::error::Error for Violation {}

/// Checks rules 1 to 7 and 9 on cards that `make` opens, each with `core` loaded.
///
/// # Errors
///
/// The first rule that is broken.
///
/// # Panics
///
/// If `make` does.
pub fn check<C: Card>(core: &Core, make: impl Fn() -> C) -> Result<(), Violation> {
    let open =
        || Check { card: make(), core, random: 1, submitted: 0, finished: 0, waiting: VecDeque::new() };
    open().identity()?;
    open().values()?;
    open().window()?;
    open().misuse()?;
    open().let_go()?;
    // Another one after it was let go with batches under way.
    open().values()
}

/// Rule 8, of a card on which something has failed: every call gives an error from now on.
///
/// # Errors
///
/// When one does not, or none comes within [`LIMIT`].
pub fn check_failed<C: Card>(card: &mut C) -> Result<CardError, Violation> {
    let until = Instant::now() + LIMIT;
    let broken = |what: &str| Violation { rule: 8, what: what.to_owned() };
    let error = loop {
        match card.poll() {
            Err(error) => break error,
            Ok(_) if Instant::now() > until => return Err(broken("it failed and does not say so")),
            Ok(_) => std::thread::yield_now(),
        }
    };
    for _ in 0..3 {
        if card.poll().is_ok() {
            return Err(broken("a poll behind an error gives none"));
        }
        if card.submit(0, 1).is_ok() {
            return Err(broken("it takes a batch behind an error"));
        }
    }
    Ok(error)
}

struct Check<'a, C> {
    card: C,
    core: &'a Core,
    random: u64,
    /// Batches handed over.
    submitted: u64,
    /// Batches that the card said have finished.
    finished: u64,
    /// The inputs of those whose results were not checked yet.
    waiting: VecDeque<Vec<u8>>,
}

impl<C: Card> Check<'_, C> {
    fn require(&self, rule: u8, kept: bool, what: impl Into<String>) -> Result<(), Violation> {
        if kept { Ok(()) } else { Err(Violation { rule, what: what.into() }) }
    }

    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn slot(&self, number: u64) -> usize {
        (number % self.card.shape().window as u64) as usize
    }

    fn identity(&mut self) -> Result<(), Violation> {
        let (identity, shape) = (self.card.identity(), self.card.shape());
        self.require(1, identity == Identity::of(self.core), "it is not the core it was made for")?;
        self.require(1, shape.rows > 0 && shape.window > 0, "it has no rows or no slots")?;
        for slot in 0..shape.window {
            let (input, output) = (self.card.input(slot).len(), self.card.output(slot).len());
            let enough =
                input >= shape.rows * identity.input_bytes && output >= shape.rows * identity.output_bytes;
            self.require(1, enough, format!("slot {slot} has no room for {} rows", shape.rows))?;
        }
        Ok(())
    }

    /// Fills the next slot and submits it.
    fn submit(&mut self, rows: usize) -> Result<(), Violation> {
        let slot = self.slot(self.submitted);
        let bytes = rows * self.card.identity().input_bytes;
        let values: Vec<u8> = (0..bytes).map(|_| (self.random() >> 32) as u8).collect();
        self.card.input(slot)[..bytes].copy_from_slice(&values);
        let began = Instant::now();
        let submitted = self.card.submit(slot, rows);
        self.require(5, began.elapsed() < AT_ONCE, "it waits in `submit`")?;
        self.require(4, submitted.is_ok(), format!("it takes no batch in slot {slot}: {submitted:?}"))?;
        self.submitted += 1;
        self.waiting.push_back(values);
        Ok(())
    }

    fn poll(&mut self) -> Result<(), Violation> {
        let began = Instant::now();
        let polled = self.card.poll();
        self.require(5, began.elapsed() < AT_ONCE, "it waits in `poll`")?;
        match polled {
            Ok(more) => self.finished += more as u64,
            Err(error) => self.require(2, false, format!("it failed: {error}"))?,
        }
        self.require(3, self.finished <= self.submitted, "more batches finish than were submitted")
    }

    /// Waits for the oldest batch and checks its results.
    fn finish(&mut self) -> Result<(), Violation> {
        let drained = self.submitted - self.waiting.len() as u64;
        let Some(values) = self.waiting.pop_front() else { return Ok(()) };
        let until = Instant::now() + LIMIT;
        while self.finished <= drained {
            self.poll()?;
            self.require(4, Instant::now() < until, "a batch does not finish")?;
        }
        let identity = self.card.identity();
        let slot = self.slot(drained);
        let kept = self.card.input(slot).starts_with(&values);
        self.require(6, kept, format!("the inputs of slot {slot} have changed"))?;
        let results = self.card.output(slot).to_vec();
        let rows = values.chunks(identity.input_bytes).zip(results.chunks(identity.output_bytes));
        for (row, (value, result)) in rows.enumerate() {
            let expected = self.core.netlist().evaluate(value);
            let what =
                format!("row {row} of slot {slot}: {value:x?} gives {result:x?} and not {expected:x?}");
            self.require(2, result == expected, what)?;
        }
        Ok(())
    }

    /// Batches of every size, one under way.
    fn values(&mut self) -> Result<(), Violation> {
        let most = self.card.shape().rows;
        for rows in (1..=most.min(20)).chain([most]) {
            self.submit(rows)?;
            self.finish()?;
        }
        Ok(())
    }

    /// A full window, again and again, of batches of any size.
    fn window(&mut self) -> Result<(), Violation> {
        let shape = self.card.shape();
        for _ in 0..10 {
            while self.waiting.len() < shape.window {
                let rows = 1 + (self.random() >> 32) as usize % shape.rows;
                self.submit(rows)?;
            }
            let finished = 1 + (self.random() >> 32) as usize % shape.window;
            for _ in 0..finished {
                self.finish()?;
            }
        }
        while !self.waiting.is_empty() {
            self.finish()?;
        }
        self.poll()?;
        self.require(3, self.finished == self.submitted, "a batch finishes twice")
    }

    fn misuse(&mut self) -> Result<(), Violation> {
        let shape = self.card.shape();
        let refused = |this: &mut Self, slot, rows, what: &str| {
            let refused = matches!(this.card.submit(slot, rows), Err(CardError::Misused { .. }));
            this.require(7, refused, format!("it takes {what}"))
        };
        refused(self, 0, 0, "a batch without rows")?;
        refused(self, 0, shape.rows + 1, "more rows than a slot has")?;
        refused(self, shape.window, 1, "a slot that does not exist")?;
        if shape.window > 1 {
            refused(self, 1, 1, "a slot out of turn")?;
        }
        for _ in 0..shape.window {
            self.submit(1)?;
        }
        refused(self, 0, 1, "a batch in a slot that is under way")?;
        // It did no harm.
        while !self.waiting.is_empty() {
            self.finish()?;
        }
        Ok(())
    }

    fn let_go(mut self) -> Result<(), Violation> {
        for _ in 0..self.card.shape().window {
            self.submit(self.card.shape().rows)?;
        }
        let began = Instant::now();
        drop(self.card);
        let kept = began.elapsed() < LIMIT;
        let what = "its drop does not return while batches are under way".to_owned();
        if kept { Ok(()) } else { Err(Violation { rule: 9, what }) }
    }
}
