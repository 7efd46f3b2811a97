//! The queue of the reference device.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use super::Fails;
use crate::device::{Batching, DeviceError, Queue};
use crate::kernel::{Interpreter, Program};

const NAME: &str = "reference";

/// The queue of a [`Reference`](super::Reference): a batch is computed at its first poll after the
/// latency.
pub struct ReferenceQueue {
    interpreter: Interpreter,
    batching: Batching,
    latency: Duration,
    fails: Fails,
    slots: Vec<Slot>,
    // The batches in flight, oldest first: slot, rows, and when each is due.
    in_flight: VecDeque<(usize, usize, Instant)>,
    submitted: u64,
    finished: u64,
    lost: Option<DeviceError>,
    input_bytes: usize,
    output_bytes: usize,
}

struct Slot {
    input: Box<[u8]>,
    output: Box<[u8]>,
}

impl ReferenceQueue {
    pub(super) fn open(
        program: &Program,
        batching: Batching,
        latency: Duration,
        fails: Fails,
    ) -> Result<Self, DeviceError> {
        let (input_bytes, output_bytes) = (program.input().size(), program.output().size());
        let asked = batching.window * batching.rows * (input_bytes + output_bytes);
        match fails {
            Fails::AtOpen => {
                return Err(DeviceError::no_device(NAME, "this one was told to be missing"));
            }
            Fails::OutOfMemory => {
                let why = "this one was told to have none; ask for fewer rows or a smaller window";
                return Err(DeviceError::out_of_memory(NAME, asked as u64, why));
            }
            Fails::Never | Fails::After(_) | Fails::AtSubmit(_) => {}
        }
        let bytes = |bytes: usize| vec![0; batching.rows * bytes].into_boxed_slice();
        let slots =
            (0..batching.window).map(|_| Slot { input: bytes(input_bytes), output: bytes(output_bytes) });
        Ok(Self {
            interpreter: Interpreter::new(program),
            batching,
            latency,
            fails,
            slots: slots.collect(),
            in_flight: VecDeque::with_capacity(batching.window),
            submitted: 0,
            finished: 0,
            lost: None,
            input_bytes,
            output_bytes,
        })
    }

    fn lose(&mut self, why: &str) -> DeviceError {
        self.lost.get_or_insert_with(|| DeviceError::lost(NAME, why)).clone()
    }

    fn compute(&mut self, slot: usize, rows: usize) {
        let Slot { input, output } = &mut self.slots[slot];
        let inputs = input.chunks_exact(self.input_bytes.max(1));
        let outputs = output.chunks_exact_mut(self.output_bytes.max(1));
        for (input, output) in inputs.zip(outputs).take(rows) {
            // Of the program's sizes, by `open`.
            let ran = self.interpreter.run(input, output);
            debug_assert!(ran.is_ok(), "the rows are of the program's sizes");
        }
    }
}

impl fmt::Debug for ReferenceQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReferenceQueue").field("in_flight", &self.in_flight).finish_non_exhaustive()
    }
}

impl Queue for ReferenceQueue {
    fn batching(&self) -> Batching {
        self.batching
    }

    fn input(&mut self, slot: usize) -> &mut [u8] {
        &mut self.slots[slot].input
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        if self.fails == Fails::AtSubmit(self.submitted) {
            return Err(self.lose("this one was told to take no more batches"));
        }
        self.submitted += 1;
        self.in_flight.push_back((slot, rows, Instant::now() + self.latency));
        Ok(())
    }

    fn poll(&mut self) -> Result<usize, DeviceError> {
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        let mut finished = 0;
        let now = Instant::now();
        while let Some(&(slot, rows, due)) = self.in_flight.front() {
            if self.fails == Fails::After(self.finished) {
                return Err(self.lose("this one was told to go"));
            }
            if due > now {
                break;
            }
            self.in_flight.pop_front();
            self.compute(slot, rows);
            self.finished += 1;
            finished += 1;
        }
        Ok(finished)
    }

    fn output(&mut self, slot: usize) -> &[u8] {
        &self.slots[slot].output
    }

    fn nap(&self) -> Duration {
        let now = Instant::now();
        self.in_flight.front().map_or(Duration::ZERO, |(.., due)| due.saturating_duration_since(now))
    }

    fn notes(&self) -> Vec<String> {
        notes(self.latency)
    }
}

/// What the device says of every program.
pub(super) fn notes(latency: Duration) -> Vec<String> {
    vec![format!("interpreted, {latency:?} per batch")]
}
