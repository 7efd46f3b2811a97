//! Batches by OpenCL: write, kernel, read, on a queue that keeps their order.

use std::fmt;
use std::ptr::NonNull;
use std::slice;
use std::sync::Arc;

use cl3::memory::{CL_MEM_ALLOC_HOST_PTR, CL_MEM_READ_ONLY, CL_MEM_READ_WRITE, CL_MEM_WRITE_ONLY};
use fusewire::device::{Batching, DeviceError, Queue};
use fusewire::kernel::Program;
use opencl3::error_codes::ClError;
use opencl3::types::cl_int;

use super::OpenCl;
use super::object::{self, Commands, Event, Kernel, Memory, Owned};
use crate::staging::Plan;

/// Work items in a group. Rows are rounded up to whole groups; the kernel looks at the count.
const GROUP: usize = 64;

/// One program on one OpenCL device.
pub(crate) struct ClQueue {
    device: OpenCl,
    plan: Plan,
    // Dropped last but for the device: everything else may be in use by a command.
    slots: Box<[Slot]>,
    // Held for the kernels, which use them.
    _tables: Vec<Owned<Memory>>,
    _program: Arc<Owned<object::Program>>,
    commands: Owned<Commands>,
    // The slot of the oldest batch in flight, and how many are.
    oldest: usize,
    in_flight: usize,
    lost: Option<DeviceError>,
}

/// One batch: its memory here and there, and its kernel, whose arguments stay set.
struct Slot {
    input: Staged,
    output: Staged,
    kernel: Owned<Kernel>,
    read: Option<Owned<Event>>,
}

/// Memory of the device, and pinned memory of the host that it is copied from or to.
struct Staged {
    there: Owned<Memory>,
    pinned: Owned<Memory>,
    // INVARIANT: `len` bytes, mapped until the queue is dropped, and initialised.
    here: NonNull<u8>,
    len: usize,
}

// SAFETY: the pointer is to memory that `pinned` owns, and is used by the owner of this value alone.
unsafe impl Send for Staged {}

impl Staged {
    fn new(
        device: &OpenCl,
        commands: &Owned<Commands>,
        len: usize,
        written: bool,
    ) -> Result<Self, DeviceError> {
        let refused = |code| device.refused(len, code);
        let access = if written { CL_MEM_WRITE_ONLY } else { CL_MEM_READ_ONLY };
        let there = object::memory(device.context(), access, len).map_err(refused)?;
        let flags = CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR;
        let pinned = object::memory(device.context(), flags, len).map_err(refused)?;
        let here = commands.map(&pinned, len).map_err(refused)?;
        let Some(here) = NonNull::new(here) else {
            return Err(DeviceError::lost(device.name(), "it maps memory to nowhere"));
        };
        // SAFETY: `len` bytes were mapped for writing.
        unsafe { here.write_bytes(0, len) };
        Ok(Self { there, pinned, here, len })
    }

    fn bytes(&self) -> *mut [u8] {
        std::ptr::slice_from_raw_parts_mut(self.here.as_ptr(), self.len)
    }

    fn first(&self, bytes: usize) -> *mut [u8] {
        std::ptr::slice_from_raw_parts_mut(self.here.as_ptr(), bytes.min(self.len))
    }
}

impl ClQueue {
    pub(super) fn open(
        device: &OpenCl,
        program: &Program,
        plan: Plan,
        built: &Arc<Owned<object::Program>>,
        entry: &str,
    ) -> Result<Self, DeviceError> {
        let commands =
            object::commands(device.context(), device.device()).map_err(|code| device.refused(0, code))?;
        let tables = program.tables().iter().map(|table| {
            let bytes = table.bytes();
            let refused = |code| device.refused(bytes.len(), code);
            let memory = object::memory(device.context(), CL_MEM_READ_ONLY, bytes.len()).map_err(refused)?;
            commands.write_now(&memory, bytes).map_err(refused)?;
            Ok(memory)
        });
        let tables: Vec<_> = tables.collect::<Result<_, DeviceError>>()?;
        let slots = (0..plan.batching.window).map(|_| {
            let input = Staged::new(device, &commands, plan.input, false)?;
            let output = Staged::new(device, &commands, plan.output, true)?;
            let mut kernel = device.kernel(built, entry)?;
            let refused = |code| DeviceError::build(device.name(), ClError(code));
            kernel.set_memory(1, &input.there).map_err(refused)?;
            kernel.set_memory(2, &output.there).map_err(refused)?;
            for (index, table) in (3..).zip(&tables) {
                kernel.set_memory(index, table).map_err(refused)?;
            }
            Ok(Slot { input, output, kernel, read: None })
        });
        let slots = slots.collect::<Result<_, DeviceError>>()?;
        Ok(Self {
            device: device.clone(),
            plan,
            slots,
            _tables: tables,
            _program: Arc::clone(built),
            commands,
            oldest: 0,
            in_flight: 0,
            lost: None,
        })
    }

    /// Runs a batch of zeros through each slot, so that the driver has compiled what it will run.
    pub(super) fn warm(&mut self) -> Result<(), DeviceError> {
        for slot in 0..self.slots.len() {
            let ran = self.enqueue(slot, self.plan.batching.rows).and_then(|()| self.commands.finish());
            ran.map_err(|code| DeviceError::build(self.device.name(), ClError(code)))?;
            self.slots[slot].read = None;
        }
        Ok(())
    }

    #[cold]
    fn lose(&mut self, code: cl_int) -> DeviceError {
        let error = DeviceError::lost(self.device.name(), ClError(code));
        self.lost.get_or_insert(error).clone()
    }

    fn enqueue(&mut self, slot: usize, rows: usize) -> Result<(), cl_int> {
        let Self { plan, slots, commands, .. } = self;
        let Slot { input, output, kernel, read } = &mut slots[slot];
        let count = u32::try_from(rows).unwrap_or(u32::MAX);
        // SAFETY: the bytes live as long as the queue, which waits for its commands when it is
        // dropped; the contract has the host only read them while the batch is in flight.
        unsafe { commands.write(&input.there, input.first(rows * plan.input_row)) }?;
        kernel.set_number(0, count)?;
        commands.run(kernel, rows.next_multiple_of(GROUP), GROUP)?;
        // SAFETY: as above; the output of a batch in flight is not given to anybody.
        let event = unsafe { commands.read(&output.there, output.first(rows * plan.output_row)) }?;
        *read = Some(event);
        commands.flush()
    }

    pub(crate) const fn batching(&self) -> Batching {
        self.plan.batching
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        vec![format!("OpenCL device {}, {} B of its memory", self.device.name(), self.plan.all)]
    }
}

impl Queue for ClQueue {
    fn batching(&self) -> Batching {
        self.plan.batching
    }

    #[inline]
    fn input(&mut self, slot: usize) -> &mut [u8] {
        let bytes = self.slots[slot].input.bytes();
        // SAFETY: mapped and initialised for as long as the queue lives. A batch in flight is only
        // read by the device, as it is by a host that keeps the contract.
        unsafe { slice::from_raw_parts_mut(bytes.cast(), bytes.len()) }
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        match self.enqueue(slot, rows) {
            Ok(()) => {
                if self.in_flight == 0 {
                    self.oldest = slot;
                }
                self.in_flight += 1;
                Ok(())
            }
            Err(code) => Err(self.lose(code)),
        }
    }

    fn poll(&mut self) -> Result<usize, DeviceError> {
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        let mut finished = 0;
        while self.in_flight > 0 {
            let slot = &mut self.slots[self.oldest];
            match slot.read.as_ref().map_or(Ok(true), Owned::ended) {
                Ok(true) => slot.read = None,
                Ok(false) => break,
                Err(code) => return Err(self.lose(code)),
            }
            self.oldest = (self.oldest + 1) % self.slots.len();
            self.in_flight -= 1;
            finished += 1;
        }
        Ok(finished)
    }

    #[inline]
    fn output(&mut self, slot: usize) -> &[u8] {
        let bytes = self.slots[slot].output.bytes();
        // SAFETY: mapped and initialised for as long as the queue lives; no batch that writes it is
        // in flight when a host that keeps the contract asks for it.
        unsafe { slice::from_raw_parts(bytes.cast(), bytes.len()) }
    }
}

impl Drop for ClQueue {
    fn drop(&mut self) {
        // Commands use the memory of the slots: nothing is released before they have ended. A device
        // that is lost ends them with an error.
        let _ = self.commands.finish();
        for slot in &self.slots {
            for staged in [&slot.input, &slot.output] {
                let _ = self.commands.unmap(&staged.pinned, staged.here.as_ptr());
            }
        }
        let _ = self.commands.finish();
    }
}

impl fmt::Debug for ClQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClQueue")
            .field("device", &self.device.name())
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}
