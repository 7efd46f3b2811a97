//! Batches by a kernel that stays on the device: a word in shared memory instead of a launch.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use cudarc::driver::{DriverError, result, sys};
use fusewire::device::{Batching, DeviceError};
use fusewire::kernel::Program;

use super::Cuda;
use super::arguments::Arguments;
use super::memory::{DeviceMemory, Pinned};
use super::module::{Function, Module};
use super::stream::Stream;
use crate::staging::Plan;

/// Threads in a block.
const BLOCK: u32 = 256;

/// The bell that ends the kernel.
const END: u64 = u64::MAX;

/// The last number of a batch; the next is 1. The number above it belongs to `END`.
const LAST: u32 = u32::MAX - 1;

/// Polls without an answer before the driver is asked whether the kernel still runs.
const PATIENCE: u32 = 100_000;

/// One program on one CUDA device, which never leaves it.
pub(super) struct Persistent {
    plan: Plan,
    inputs: Pinned,
    outputs: Pinned,
    bells: Pinned,
    answers: Pinned,
    input_step: usize,
    output_step: usize,
    // The kernel uses them.
    counts: DeviceMemory,
    tables: Vec<DeviceMemory>,
    _module: Module,
    stream: Stream,
    // The number of the next batch, and of the oldest in flight, with its slot.
    next: u32,
    oldest: (u32, usize),
    in_flight: usize,
    silent: u32,
    lost: Option<DeviceError>,
    // Dropped last: everything else lives in its context, which is this queue's alone.
    device: Cuda,
}

/// Slots begin at multiples of this, so that no two share a line of the host's or the device's cache.
const LINE: usize = 256;

impl Persistent {
    /// `device` has a context that nothing else uses. What takes, frees or loads something in a context
    /// may wait until everything in it has come to rest, which a kernel that stays never does.
    pub(super) fn open(
        device: &Cuda,
        program: &Program,
        plan: Plan,
        module: Module,
        function: Function,
    ) -> Result<Self, DeviceError> {
        let refused = |bytes: usize| move |error: DriverError| device.refused(bytes, &error);
        let window = plan.batching.window;
        let (input_step, output_step) =
            (plan.input.next_multiple_of(LINE), plan.output.next_multiple_of(LINE));
        let stream = Stream::new().map_err(refused(0))?;
        let pinned = |bytes: usize| Pinned::zeros(bytes).map_err(refused(bytes));
        let tables = program.tables().iter().map(|table| {
            let bytes = table.bytes();
            DeviceMemory::of(bytes, &stream).map_err(refused(bytes.len()))
        });
        let tables = tables.collect::<Result<Vec<_>, _>>()?;
        let queue = Self {
            device: device.clone(),
            plan,
            inputs: pinned(input_step * window)?,
            outputs: pinned(output_step * window)?,
            bells: pinned(8 * window)?,
            answers: pinned(8 * window)?,
            input_step,
            output_step,
            counts: DeviceMemory::zeros(4 * window, &stream).map_err(refused(4 * window))?,
            tables,
            _module: module,
            stream,
            next: 1,
            oldest: (1, 0),
            in_flight: 0,
            silent: 0,
            lost: None,
        };
        // Before the kernel starts, and while the tables' bytes are there.
        queue.stream.synchronize().map_err(refused(0))?;
        queue.start(function).map_err(refused(0))?;
        Ok(queue)
    }

    fn start(&self, function: Function) -> Result<(), DriverError> {
        let window = u32::try_from(self.plan.batching.window).unwrap_or(u32::MAX);
        let first = [
            self.bells.there(),
            self.answers.there(),
            self.counts.pointer(),
            self.inputs.there(),
            self.outputs.there(),
            self.input_step as u64,
            self.output_step as u64,
            Arguments::short(window),
        ];
        let mut arguments =
            Arguments::new(first.into_iter().chain(self.tables.iter().map(DeviceMemory::pointer)));
        let arguments = arguments.pointers();
        // All blocks must be on the device together, beside what else runs there: a quarter of it.
        let rows = u32::try_from(self.plan.batching.rows).unwrap_or(u32::MAX);
        let blocks = rows.div_ceil(BLOCK).clamp(1, self.device.processors().div_ceil(4));
        let stream = self.stream.handle();
        // SAFETY: the arguments are those of `persistent_source`'s kernel; they are copied before
        // this returns, and what they point to lives until the kernel has been ended by `drop`.
        unsafe {
            result::launch_kernel(function.handle(), (blocks, 1, 1), (BLOCK, 1, 1), 0, stream, arguments)
        }
    }

    /// The word of `slot`, which the device reads or writes at the same time.
    fn word(words: &Pinned, slot: usize) -> &AtomicU64 {
        let word = words.here().cast::<u64>().wrapping_add(slot);
        // SAFETY: in range, aligned to a page and then to 8 bytes, and alive as long as `words`.
        // Whoever uses it, here or on the device, uses it as one word.
        unsafe { AtomicU64::from_ptr(word) }
    }

    #[cold]
    fn lose(&mut self, why: impl fmt::Display) -> DeviceError {
        let error = DeviceError::lost(self.device.name(), why);
        self.lost.get_or_insert(error).clone()
    }

    /// Asks the driver whether the kernel still runs.
    #[cold]
    fn look(&mut self) -> Result<(), DeviceError> {
        self.silent = 0;
        if let Err(error) = self.device.bind() {
            return Err(self.lose(error));
        }
        // SAFETY: the stream is ours.
        match unsafe { sys::cuStreamQuery(self.stream.handle()) }.result() {
            Err(error) if error.0 == sys::CUresult::CUDA_ERROR_NOT_READY => Ok(()),
            Err(error) => Err(self.lose(error)),
            Ok(()) => Err(self.lose("the kernel that stays on it has ended")),
        }
    }

    pub(super) const fn batching(&self) -> Batching {
        self.plan.batching
    }

    pub(super) fn input(&mut self, slot: usize) -> &mut [u8] {
        let from = slot * self.input_step;
        &mut self.inputs.bytes_mut()[from..from + self.plan.input]
    }

    pub(super) fn output(&self, slot: usize) -> &[u8] {
        let from = slot * self.output_step;
        &self.outputs.bytes()[from..from + self.plan.output]
    }

    pub(super) fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        if self.in_flight == 0 {
            self.oldest = (self.next, slot);
        }
        let bell = u64::from(self.next) << 32 | rows as u64;
        // ORDERING: release, so that the device, which fences after it has seen the bell, sees the
        // rows that were written before it.
        Self::word(&self.bells, slot).store(bell, Ordering::Release);
        self.next = after(self.next);
        self.in_flight += 1;
        Ok(())
    }

    pub(super) fn poll(&mut self) -> Result<usize, DeviceError> {
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        let mut finished = 0;
        while self.in_flight > 0 {
            let (number, slot) = self.oldest;
            // ORDERING: acquire pairs with the device's fence in front of the answer: the results are
            // there before it.
            if Self::word(&self.answers, slot).load(Ordering::Acquire) != u64::from(number) {
                break;
            }
            self.oldest = (after(number), (slot + 1) % self.plan.batching.window);
            self.in_flight -= 1;
            finished += 1;
        }
        if finished > 0 || self.in_flight == 0 {
            self.silent = 0;
        } else {
            self.silent += 1;
            if self.silent == PATIENCE {
                self.look()?;
            }
        }
        Ok(finished)
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let Plan { all, .. } = self.plan;
        vec![format!("{}, a kernel that stays there, {all} B shared with it", self.device.name())]
    }
}

const fn after(number: u32) -> u32 {
    if number == LAST { 1 } else { number + 1 }
}

impl Drop for Persistent {
    fn drop(&mut self) {
        for slot in 0..self.plan.batching.window {
            // ORDERING: release, though nothing is to be seen behind it: as in `submit`.
            Self::word(&self.bells, slot).store(END, Ordering::Release);
        }
        let _ = self.device.bind();
        // An error says that nothing runs there any more.
        let _ = self.stream.synchronize();
    }
}

impl fmt::Debug for Persistent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persistent").field("in_flight", &self.in_flight).finish_non_exhaustive()
    }
}
