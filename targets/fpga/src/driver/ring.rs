//! Any card with our shell, by its registers and its rings.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::atomic::{Ordering, fence};
use std::time::{Duration, Instant};

use super::registers::{self as reg, Completion, Descriptor};
use super::{Bar, Card, CardError, Identity, Memory, Shape};

/// The polls without a completion after which the card is asked whether it is still there.
const ASK_AFTER: u32 = 10_000;

/// How long a card may take for a batch before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// A card with our shell: descriptors and completions in rings in host memory, and a doorbell.
///
/// Submitting is two cache lines of memory and one posted write; polling is one load of a word that the card writes.
#[derive(Debug)]
pub struct RingCard<B: Bar, M: Memory> {
    bar: B,
    // Dropped by `drop`, unless the card may still touch it.
    memory: ManuallyDrop<M>,
    identity: Identity,
    shape: Shape,
    places: Places,
    // INVARIANT: finished <= submitted <= finished + window.
    submitted: u64,
    finished: u64,
    idle_polls: u32,
    waiting_since: Option<Instant>,
    last: Completion,
    failed: Option<CardError>,
}

/// Where things lie in the memory, in bytes from its start; all are multiples of 64.
#[derive(Debug, Clone, Copy)]
struct Places {
    log: u32,
    completions: usize,
    inputs: usize,
    input_stride: usize,
    outputs: usize,
    output_stride: usize,
    end: usize,
}

impl Places {
    fn new(identity: &Identity, shape: Shape) -> Option<Self> {
        let line = |bytes: usize| bytes.checked_next_multiple_of(64);
        let entries = shape.window.checked_next_power_of_two()?;
        let completions = entries.checked_mul(reg::DESCRIPTOR)?;
        let inputs = completions.checked_add(line(entries * reg::COMPLETION)?)?;
        let input_stride = line(shape.rows.checked_mul(identity.input_bytes)?)?;
        let output_stride = line(shape.rows.checked_mul(identity.output_bytes)?)?;
        let outputs = inputs.checked_add(input_stride.checked_mul(shape.window)?)?;
        let end = outputs.checked_add(output_stride.checked_mul(shape.window)?)?;
        let log = entries.trailing_zeros();
        Some(Self { log, completions, inputs, input_stride, outputs, output_stride, end })
    }
}

/// The bytes of memory that a card with this core needs for batches of this shape; as many as there are addresses if
/// they cannot be counted.
pub fn memory_needed(identity: &Identity, shape: Shape) -> usize {
    Places::new(identity, shape).map_or(usize::MAX, |places| places.end)
}

impl<B: Bar, M: Memory> RingCard<B, M> {
    /// Looks whether the card holds the core, and starts it.
    ///
    /// # Errors
    ///
    /// When it is another card, holds another core, is busy with somebody else's batches, or the memory is too small
    /// (see [`memory_needed`]).
    pub fn open(mut bar: B, memory: M, wanted: &Identity, shape: Shape) -> Result<Self, CardError> {
        if shape.rows == 0 || shape.window == 0 || u32::try_from(shape.rows).is_err() {
            let what = format!("batches of {} rows in a window of {} slots", shape.rows, shape.window);
            return Err(CardError::Misused { what });
        }
        let identity = reg::identify(&mut bar)?;
        if identity != *wanted {
            return Err(CardError::OtherCore { wanted: wanted.core, found: identity.core });
        }
        let asked = memory_needed(&identity, shape);
        let places = match Places::new(&identity, shape) {
            Some(places) if places.end <= memory.len() => places,
            _ => return Err(CardError::OutOfMemory { asked, there: memory.len() }),
        };
        if bar.read(reg::STATUS)? & reg::BUSY != 0 {
            return Err(CardError::Unreachable {
                what: bar.describe(),
                why: "it is busy with the batches of another driver".to_owned(),
                kind: std::io::ErrorKind::ResourceBusy,
            });
        }
        bar.write(reg::CONTROL, reg::CLEAR)?;
        let pair = |bar: &mut B, offset: usize, value: u64| {
            bar.write(offset, value as u32)?;
            bar.write(offset + 4, (value >> 32) as u32)
        };
        pair(&mut bar, reg::RING, memory.address())?;
        pair(&mut bar, reg::COMPLETIONS, memory.address() + places.completions as u64)?;
        bar.write(reg::RING_LOG, places.log)?;
        let last = Completion { sequence: 0, cycles: 0, status: 0 };
        let mut card = Self {
            bar,
            memory: ManuallyDrop::new(memory),
            identity,
            shape,
            places,
            submitted: 0,
            finished: 0,
            idle_polls: 0,
            waiting_since: None,
            last,
            failed: None,
        };
        for entry in 0..1u64 << places.log {
            card.clear_completion(entry);
        }
        card.bar.write(reg::CONTROL, reg::RUN)?;
        Ok(card)
    }

    /// The registers.
    pub const fn bar(&mut self) -> &mut B {
        &mut self.bar
    }

    /// The periods that the batch that finished last took, from the fetch of its descriptor to its completion.
    pub const fn last_cycles(&self) -> u32 {
        self.last.cycles
    }

    /// A pointer to `len` bytes at `at`.
    fn bytes(&self, at: usize, len: usize) -> NonNull<u8> {
        debug_assert!(at + len <= self.memory.len(), "inside the memory, as `open` saw to");
        // SAFETY: the places end inside the memory, which `open` checked.
        unsafe { self.memory.start().add(at) }
    }

    fn completion_at(&self, number: u64) -> NonNull<u64> {
        let entry = (number & ((1 << self.places.log) - 1)) as usize;
        self.bytes(self.places.completions + entry * reg::COMPLETION, reg::COMPLETION).cast()
    }

    fn clear_completion(&mut self, number: u64) {
        let at = self.completion_at(number);
        // SAFETY: inside the memory, a multiple of 8, and the card has not been told of it yet.
        unsafe { at.write_volatile(0) }
    }

    fn fail<T>(&mut self, error: CardError) -> Result<T, CardError> {
        Err(self.failed.get_or_insert(error).clone())
    }

    fn check(&self, slot: usize, rows: usize) -> Result<(), CardError> {
        let turn = (self.submitted % self.shape.window as u64) as usize;
        let full = self.submitted - self.finished == self.shape.window as u64;
        let what = if slot != turn {
            format!("rule 7: slot {slot} is submitted and it is the turn of slot {turn}")
        } else if full {
            format!("rule 7: slot {slot} is submitted while its batch is under way")
        } else if rows == 0 || rows > self.shape.rows {
            format!("rule 7: {rows} rows in a slot of {}", self.shape.rows)
        } else {
            return Ok(());
        };
        Err(CardError::Misused { what })
    }

    /// Asks a card that has not completed anything for long whether it is there.
    #[cold]
    fn ask(&mut self) -> Result<(), CardError> {
        self.idle_polls = 0;
        let status = self.bar.read(reg::STATUS)?;
        if status == u32::MAX {
            let what = "its registers read as ones, as those of a card do that left the bus".to_owned();
            return Err(CardError::Lost { what });
        }
        if status & reg::BUS_FAULT != 0 {
            return Err(CardError::Fault { what: "the bus reported an error to the card".to_owned() });
        }
        let since = *self.waiting_since.get_or_insert_with(Instant::now);
        if since.elapsed() > PATIENCE {
            let what = format!("no batch was completed for {PATIENCE:?}, status {status:#x}");
            return Err(CardError::Lost { what });
        }
        Ok(())
    }

    fn collect(&mut self) -> Result<usize, CardError> {
        self.bar.pass();
        let before = self.finished;
        while self.finished < self.submitted {
            let at = self.completion_at(self.finished);
            // SAFETY: inside the memory and a multiple of 8; the card writes the word at once.
            let completion = Completion::from_word(unsafe { at.read_volatile() });
            if completion.sequence != sequence(self.finished) {
                break;
            }
            // ORDERING: acquire, so that results are read behind the completion that the card wrote behind them.
            fence(Ordering::Acquire);
            if let Some(what) = completion.failure() {
                return Err(CardError::Fault { what: what.to_owned() });
            }
            self.last = completion;
            self.finished += 1;
        }
        let finished = (self.finished - before) as usize;
        if finished > 0 || self.finished == self.submitted {
            self.idle_polls = 0;
            self.waiting_since = None;
        } else {
            self.idle_polls += 1;
            if self.idle_polls >= ASK_AFTER {
                self.ask()?;
            }
        }
        Ok(finished)
    }
}

/// What the completion of batch `number` carries: never that of the entry before, nor 0 at first.
const fn sequence(number: u64) -> u32 {
    (number as u32).wrapping_add(1)
}

impl<B: Bar, M: Memory> Card for RingCard<B, M> {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn input(&mut self, slot: usize) -> &mut [u8] {
        assert!(slot < self.shape.window, "slot {slot} of {}", self.shape.window);
        let len = self.shape.rows * self.identity.input_bytes;
        let start = self.bytes(self.places.inputs + slot * self.places.input_stride, len);
        // SAFETY: inside the memory, which is initialised; the card reads it and never writes it, and the borrow of
        // `self` keeps others from it meanwhile.
        unsafe { std::slice::from_raw_parts_mut(start.as_ptr(), len) }
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), CardError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.check(slot, rows)?;
        let at = |place: usize| self.memory.address() + place as u64;
        let descriptor = Descriptor {
            source: at(self.places.inputs + slot * self.places.input_stride),
            target: at(self.places.outputs + slot * self.places.output_stride),
            rows: rows as u32,
            sequence: sequence(self.submitted),
        };
        let entry = (self.submitted & ((1 << self.places.log) - 1)) as usize;
        let place = self.bytes(entry * reg::DESCRIPTOR, reg::DESCRIPTOR).cast::<[u8; reg::DESCRIPTOR]>();
        // SAFETY: inside the memory; the card reads this entry behind the doorbell only.
        unsafe { place.write_volatile(descriptor.bytes()) }
        // ORDERING: release, so that values and descriptor are in memory before the card sees the doorbell; the card
        // is the partner.
        fence(Ordering::Release);
        let tail = (self.submitted as u32).wrapping_add(1);
        if let Err(error) = self.bar.write(reg::TAIL, tail) {
            return self.fail(error);
        }
        self.submitted += 1;
        Ok(())
    }

    fn poll(&mut self) -> Result<usize, CardError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.collect().or_else(|error| self.fail(error))
    }

    fn output(&mut self, slot: usize) -> &[u8] {
        assert!(slot < self.shape.window, "slot {slot} of {}", self.shape.window);
        let len = self.shape.rows * self.identity.output_bytes;
        let start = self.bytes(self.places.outputs + slot * self.places.output_stride, len);
        // SAFETY: inside the memory, which is initialised; the card writes it before the slot's batch has finished and
        // not again until the slot is submitted, for which this borrow must end.
        unsafe { std::slice::from_raw_parts(start.as_ptr(), len) }
    }

    fn notes(&self) -> Vec<String> {
        vec![self.bar.describe(), format!("{} KiB of memory for batches", self.places.end.div_ceil(1024))]
    }
}

impl<B: Bar, M: Memory> RingCard<B, M> {
    /// Whether the card has stopped, or has gone.
    fn stop(&mut self) -> bool {
        let until = Instant::now() + PATIENCE;
        if self.bar.write(reg::CONTROL, 0).is_err() {
            return true;
        }
        while let Ok(status) = self.bar.read(reg::STATUS) {
            // All ones: the card has left the bus.
            if status & reg::BUSY == 0 || status == u32::MAX {
                return self.bar.write(reg::CONTROL, reg::CLEAR).is_ok();
            }
            if Instant::now() > until {
                return false;
            }
            self.bar.pass();
        }
        true
    }
}

impl<B: Bar, M: Memory> Drop for RingCard<B, M> {
    /// Waits until the card is done with the batches it has begun. The memory of a card that stands still and may
    /// yet write to it is never freed.
    fn drop(&mut self) {
        if self.stop() {
            // SAFETY: dropped here alone, and not used behind it.
            unsafe { ManuallyDrop::drop(&mut self.memory) }
        }
    }
}
