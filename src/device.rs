//! The contract of a device: memory that batches are staged in, and something that computes them.
//!
//! Behind `then(on(gpu))` a graph runs [kernels](crate::kernel), and only those. What they become on
//! the device is the target's business; how values get there and back is this crate's: a lane on
//! the device's [context](crate::context) takes values from its edge, gathers them into batches,
//! submits and polls these without ever blocking, and hands the results on in order.
//!
//! ```text
//!  edge ──▶ put ──▶ [ slot 0 | slot 1 | .. ] ──submit──▶ device
//!                                 ▲                        │
//!  edge ◀── next ◀── in order ────┴──────────poll──────────┘
//! ```
//!
//! A batch is submitted when it holds [`Batching::rows`] values, or [`Batching::within`] after its
//! first; up to [`Batching::window`] are in flight. Consecutive kernels are one
//! [`Program`]: nothing comes back between them.
//!
//! # The contract
//!
//! A device is a [`Scheduler`] whose contexts keep the contract of a [context](crate::context), and a
//! [`Device`] whose queues
//!
//! 1. **open or say why not**: [`Device::open`] returns a queue, or the [`DeviceError`] that names the
//!    device and what to do; it never panics, and what it cannot run it refuses as
//!    [`DeviceError::Unsupported`], with stage and line;
//! 2. **hold what they promise**: [`Queue::batching`] has at least one row and one slot and never
//!    changes; every [`input`](Queue::input) and [`output`](Queue::output) has the bytes of all rows;
//! 3. **compute what the host computes**: the output of a row is that of the kernels called one after
//!    the other, bit for bit, whatever its place in the batch and however many rows the batch has;
//! 4. **keep order**: batches finish in the order of submission, each once, and a slot's output is
//!    that of its latest batch;
//! 5. **fill the window**: as many batches as there are slots can be in flight, and each finishes
//!    while others follow or none does;
//! 6. **never wait**: [`submit`](Queue::submit) and [`poll`](Queue::poll) return at once, and allocate
//!    nothing after the first batches;
//! 7. **keep the inputs**: what was written to a slot can be read there until it is written again,
//!    while the batch is in flight and after the device was lost;
//! 8. **fail once and for all**: after an error each call gives an error again, and none hangs;
//! 9. **let go**: a queue may be dropped at any time, with batches in flight and after an error; when
//!    the drop returns nothing touches its memory any more. Queues of one device do not disturb each
//!    other.
//!
//! The [conformance suite](crate::conformance::device) checks these nine, by number.
//!
//! # Losing a device
//!
//! Without more ado a [`DeviceError`] ends the graph: at launch as
//! [`LaunchError::Device`](crate::launch::LaunchError::Device), later as
//! [`RunError::Device`](crate::control::RunError::Device), and a single pass is stopped with
//! [`StopReason::DeviceFailed`](crate::completion::StopReason::DeviceFailed). With
//! [`On::or_on`](crate::on::On::or_on) the same stages go on as the Rust functions that they also are: those values
//! whose results had not been taken yet are computed again from rule 7's inputs, in order, none twice.

mod counters;
mod error;
mod gather;
mod or_on;
pub mod reference;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub use counters::DeviceCounters;
pub use error::DeviceError;
pub use or_on::OrOn;

pub(crate) use counters::Tally;
pub(crate) use gather::Gather;

use crate::context::{ContextRef, OnDevice, Scheduler};
use crate::kernel::Program;

/// A scheduler whose lanes compute on a device; see the [module](self) for the whole contract.
pub trait Device: Scheduler<Runs = OnDevice> {
    /// What a lane drives.
    type Queue: Queue;

    /// Builds `program` for the device, and takes all memory that its batches need.
    ///
    /// Called once for each lane at its launch, and before the first pass of a graph that is run once.
    /// May take long.
    ///
    /// # Errors
    ///
    /// When there is no such device, it has no memory left, or cannot run the program.
    fn open(&self, program: &Program) -> Result<Self::Queue, DeviceError>;

    /// How its queues gather, for [inspection](crate::inspect) before one is open.
    fn batching(&self) -> Batching;

    /// What `program` becomes here and what that takes, one thought a line, for
    /// [inspection](crate::inspect) before a queue is open; nothing unless a device has something to say.
    /// An open queue's [`notes`](Queue::notes) take its place.
    ///
    /// May take as long as the device's compiler does.
    fn describe(&self, program: &Program) -> Vec<String> {
        let _ = program;
        Vec::new()
    }

    /// Where the stages run as functions if [`open`](Self::open) fails or the device is lost; `None`
    /// for a device by itself. See [`On::or_on`](crate::on::On::or_on).
    fn fallback(&self) -> Option<&ContextRef> {
        None
    }
}

/// One program on one device, and its batches. Driven by one thread at a time, the device's context.
///
/// Slots are submitted in turn: 0, 1, and so on to the last, then 0 again, each only after its
/// batch before has finished and its results were taken.
pub trait Queue: Send + 'static {
    /// How many rows, how many slots. Never changes.
    fn batching(&self) -> Batching;

    /// Where the rows of `slot` are staged: each as Rust lays a value of the program's
    /// input out, one behind the other.
    fn input(&mut self, slot: usize) -> &mut [u8];

    /// Hands the first `rows` rows of `slot` to the device. Does not wait for it.
    ///
    /// # Errors
    ///
    /// When the device does not take it; the rows then are as if they had not been submitted.
    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError>;

    /// How many batches have finished since the last call, from the oldest on. Does not wait.
    ///
    /// # Errors
    ///
    /// When the device is lost; then no batch in flight will finish.
    fn poll(&mut self) -> Result<usize, DeviceError>;

    /// The results of the batch in `slot`, which has finished.
    fn output(&mut self, slot: usize) -> &[u8];

    /// How long a context that parks may sleep while batches are in flight.
    fn nap(&self) -> Duration {
        Duration::from_micros(10)
    }

    /// What people who inspect the graph should know: the device's name, memory taken, latency.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// How values are gathered into batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// The most values in a batch.
    pub rows: usize,
    /// How long the first value of a batch waits for others.
    pub within: Duration,
    /// The most batches in flight: the slots.
    pub window: usize,
}

impl Batching {
    /// Batches of one value, submitted at once, one in flight.
    pub const ONE: Self = Self { rows: 1, within: Duration::ZERO, window: 1 };
}

static LAST_FAILURE: Mutex<Option<DeviceError>> = Mutex::new(None);

/// Why a device failed a pass of a graph that is run once, if one did: the last such failure of the
/// process, which completed as [`StopReason::DeviceFailed`](crate::completion::StopReason::DeviceFailed).
pub fn last_failure() -> Option<DeviceError> {
    LAST_FAILURE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

pub(crate) fn note_failure(error: DeviceError) {
    *LAST_FAILURE.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
}

/// The failure of a pass that was stopped by one.
pub(crate) fn lost_device() -> DeviceError {
    last_failure().unwrap_or_else(|| DeviceError::lost("of a part of the graph", "it did not say why"))
}
