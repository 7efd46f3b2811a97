//! Batches by CUDA graphs: copy, kernel, copy, in one launch.

use std::ffi::c_void;
use std::fmt;

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
const BLOCK: u32 = 128;

/// One program on one CUDA device, a launch for each batch.
pub(super) struct Graphs {
    plan: Plan,
    function: Function,
    slots: Box<[Slot]>,
    // Held for the kernel, which reads them.
    _tables: Vec<DeviceMemory>,
    // Held for the function.
    _module: Module,
    stream: Stream,
    // The slot of the oldest batch in flight, and how many are.
    oldest: usize,
    in_flight: usize,
    lost: Option<DeviceError>,
    // Dropped last: everything else lives in its context.
    device: Cuda,
}

struct Slot {
    input: Pinned,
    output: Pinned,
    input_there: DeviceMemory,
    output_there: DeviceMemory,
    // The rows, the inputs, the outputs, the tables.
    arguments: Arguments,
    ended: Event,
    // A full batch; a partial one is sent call by call.
    full: Option<Exec>,
}

impl Graphs {
    pub(super) fn open(
        device: &Cuda,
        program: &Program,
        plan: Plan,
        module: Module,
        function: Function,
    ) -> Result<Self, DeviceError> {
        let refused = |bytes: usize| move |error: DriverError| device.refused(bytes, &error);
        let stream = Stream::new().map_err(refused(0))?;
        let tables = program.tables().iter().map(|table| {
            let bytes = table.bytes();
            DeviceMemory::of(bytes, &stream).map_err(refused(bytes.len()))
        });
        let tables = tables.collect::<Result<Vec<_>, _>>()?;
        let slots = (0..plan.batching.window).map(|_| {
            let input_there = DeviceMemory::zeros(plan.input, &stream).map_err(refused(plan.input))?;
            let output_there = DeviceMemory::zeros(plan.output, &stream).map_err(refused(plan.output))?;
            let pointers =
                [&input_there, &output_there].into_iter().chain(&tables).map(DeviceMemory::pointer);
            Ok(Slot {
                arguments: Arguments::new(std::iter::once(0).chain(pointers)),
                input: Pinned::zeros(plan.input).map_err(refused(plan.input))?,
                output: Pinned::zeros(plan.output).map_err(refused(plan.output))?,
                input_there,
                output_there,
                ended: Event::new().map_err(refused(0))?,
                full: None,
            })
        });
        let slots = slots.collect::<Result<_, DeviceError>>()?;
        let mut queue = Self {
            device: device.clone(),
            plan,
            function,
            slots,
            _tables: tables,
            _module: module,
            stream,
            oldest: 0,
            in_flight: 0,
            lost: None,
        };
        for slot in 0..plan.batching.window {
            let graph = queue.record(slot).map_err(refused(0))?;
            queue.slots[slot].full = Some(graph);
        }
        queue.stream.synchronize().map_err(refused(0))?;
        Ok(queue)
    }

    /// The graph of a full batch in `slot`.
    fn record(&mut self, slot: usize) -> Result<Exec, DriverError> {
        let stream = self.stream.handle();
        let mode = sys::CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
        // SAFETY: the stream is ours.
        unsafe { result::stream::begin_capture(stream, mode) }?;
        let sent = self.send(slot, self.plan.batching.rows);
        // SAFETY: as above; also after an error, which must not leave the stream recording.
        let graph = unsafe { result::stream::end_capture(stream) };
        if let (Err(_), Ok(graph)) = (&sent, &graph) {
            // SAFETY: just recorded, and needed by nobody.
            let _ = unsafe { result::graph::destroy(*graph) };
        }
        sent?;
        let graph = graph?;
        let flags = sys::CUgraphInstantiate_flags(0);
        // SAFETY: just recorded.
        let exec = unsafe { result::graph::instantiate(graph, flags) };
        // SAFETY: just recorded, and not needed any more.
        let _ = unsafe { result::graph::destroy(graph) };
        let exec = Exec(exec?);
        // SAFETY: both are alive.
        unsafe { result::graph::upload(exec.0, stream) }?;
        Ok(exec)
    }

    /// Puts the copies and the kernel of a batch on the stream.
    fn send(&mut self, slot: usize, rows: usize) -> Result<(), DriverError> {
        let Slot { input, output, input_there, output_there, arguments, .. } = &mut self.slots[slot];
        let stream = self.stream.handle();
        let (there, back) = (rows * self.plan.input_row, rows * self.plan.output_row);
        if there > 0 {
            let (to, from) = (input_there.pointer(), input.here().cast_const().cast::<c_void>());
            // SAFETY: both have the bytes of every row, and live until the stream has ended.
            unsafe { sys::cuMemcpyHtoDAsync_v2(to, from, there, stream) }.result()?;
        }
        let count = u32::try_from(rows).unwrap_or(u32::MAX);
        arguments.set(0, Arguments::short(count));
        let arguments = arguments.pointers();
        let blocks = count.div_ceil(BLOCK).max(1);
        let function = self.function.handle();
        // SAFETY: the arguments are those of the entry, by `Source::entry`; they are copied before
        // this returns, and what they point to lives until the stream has ended.
        unsafe { result::launch_kernel(function, (blocks, 1, 1), (BLOCK, 1, 1), 0, stream, arguments) }?;
        if back > 0 {
            let (to, from) = (output.here().cast::<c_void>(), output_there.pointer());
            // SAFETY: as for the copy there.
            unsafe { sys::cuMemcpyDtoHAsync_v2(to, from, back, stream) }.result()?;
        }
        Ok(())
    }

    fn launch(&mut self, slot: usize, rows: usize) -> Result<(), DriverError> {
        self.device.bind()?;
        let stream = self.stream.handle();
        match &self.slots[slot].full {
            Some(full) if rows == self.plan.batching.rows => {
                // SAFETY: both are alive, and the batch before in this slot has ended.
                unsafe { result::graph::launch(full.0, stream) }?;
            }
            _ => self.send(slot, rows)?,
        }
        // SAFETY: both are alive.
        unsafe { result::event::record(self.slots[slot].ended.0, stream) }
    }

    #[cold]
    fn lose(&mut self, error: &DriverError) -> DeviceError {
        let error = DeviceError::lost(self.device.name(), error);
        self.lost.get_or_insert(error).clone()
    }

    pub(super) const fn batching(&self) -> Batching {
        self.plan.batching
    }

    pub(super) fn input(&mut self, slot: usize) -> &mut [u8] {
        self.slots[slot].input.bytes_mut()
    }

    pub(super) fn output(&self, slot: usize) -> &[u8] {
        self.slots[slot].output.bytes()
    }

    pub(super) fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        self.launch(slot, rows).map_err(|error| self.lose(&error))?;
        if self.in_flight == 0 {
            self.oldest = slot;
        }
        self.in_flight += 1;
        Ok(())
    }

    pub(super) fn poll(&mut self) -> Result<usize, DeviceError> {
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        if self.in_flight > 0
            && let Err(error) = self.device.bind()
        {
            return Err(self.lose(&error));
        }
        let mut finished = 0;
        while self.in_flight > 0 {
            // SAFETY: the event is alive, and was recorded when the batch was submitted.
            match unsafe { result::event::query(self.slots[self.oldest].ended.0) } {
                Ok(()) => {}
                Err(error) if error.0 == sys::CUresult::CUDA_ERROR_NOT_READY => break,
                Err(error) => return Err(self.lose(&error)),
            }
            self.oldest = (self.oldest + 1) % self.slots.len();
            self.in_flight -= 1;
            finished += 1;
        }
        Ok(finished)
    }

    pub(super) fn notes(&self) -> Vec<String> {
        vec![format!("{}, one graph launch per batch, {} B of its memory", self.device.name(), self.plan.all)]
    }
}

impl Drop for Graphs {
    fn drop(&mut self) {
        let _ = self.device.bind();
        // An error says that nothing runs there any more.
        let _ = self.stream.synchronize();
    }
}

impl fmt::Debug for Graphs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graphs").field("in_flight", &self.in_flight).finish_non_exhaustive()
    }
}

struct Event(sys::CUevent);

// SAFETY: as for a stream.
unsafe impl Send for Event {}

impl Event {
    fn new() -> Result<Self, DriverError> {
        result::event::create(sys::CUevent_flags::CU_EVENT_DISABLE_TIMING).map(Self)
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and destroyed once.
        let _ = unsafe { result::event::destroy(self.0) };
    }
}

struct Exec(sys::CUgraphExec);

// SAFETY: as for a stream.
unsafe impl Send for Exec {}

impl Drop for Exec {
    fn drop(&mut self) {
        // SAFETY: instantiated by `record`, and destroyed once.
        let _ = unsafe { result::graph::exec_destroy(self.0) };
    }
}
