//! What a card is to its driver: registers, memory that the card reads and writes by itself, and batches.
//!
//! # The contract
//!
//! A [`Card`] has one core loaded, of which [`Identity`] tells, and as many slots as [`Shape::window`] says. Each slot
//! has memory for [`Shape::rows`] input values and as many results, each value in the bytes of its Rust type, one behind
//! the other. Slots are used in turn: 0, 1, .. the last, then 0 again. A card
//!
//! 1. **says what it is**: `identity` and `shape` never change, and every slot has the memory they promise;
//! 2. **computes the core**: results are what the core's netlist [evaluates](crate::netlist::Netlist::evaluate) to, for
//!    any number of rows from 1 to all;
//! 3. **keeps order**: batches finish in the order of submission, each once;
//! 4. **fills its window**: as many batches as there are slots can be under way;
//! 5. **never waits**: `submit` and `poll` return at once, whether the card is done or not;
//! 6. **keeps the inputs** of a slot until the driver's user writes it again;
//! 7. **refuses what is wrong**: rows that do not fit, a slot out of turn or with nobody having taken its results;
//! 8. **fails for good**: after an error every call gives an error;
//! 9. **lets go**: when its drop returns, the card touches none of its memory.
//!
//! [`conformance`] checks it by number. [`ring::RingCard`] keeps it for every card with our shell, whatever its [`Bar`]
//! and its [`Memory`] are: the [simulated](crate::simulation) one, and one behind a mapped BAR.
//! [`xdma`](crate::xdma) keeps it by the character devices of a kernel driver.

pub mod conformance;
mod error;
pub mod mapped;
mod memory;
pub mod registers;
pub mod ring;
pub mod vfio;

use std::fmt;

pub use error::{CardError, OpenError};
pub use memory::HostMemory;

use crate::core::Core;

/// The registers of a card: 32 bits each, at offsets that are multiples of 4.
pub trait Bar: fmt::Debug + Send + 'static {
    /// Reads a register. On a PCIe card that is a round trip, and waits for it.
    ///
    /// # Errors
    ///
    /// When there is no such register, or no card any more.
    fn read(&mut self, offset: usize) -> Result<u32, CardError>;

    /// Writes a register. On a PCIe card the write is posted, and not waited for.
    ///
    /// What was stored to memory before is visible to the card when it sees the write.
    ///
    /// # Errors
    ///
    /// When there is no such register, or no card any more.
    fn write(&mut self, offset: usize, value: u32) -> Result<(), CardError>;

    /// Called whenever the driver polls. A real card works meanwhile by itself, and this does nothing; a simulated one
    /// works here, a little, and returns.
    fn pass(&mut self) {}

    /// What it is, for people to read.
    fn describe(&self) -> String;
}

/// Host memory that the card reads and writes by itself (DMA).
///
/// # Safety
///
/// - `start` and `len` never change, and the bytes stay mapped, readable and writable as long as the value lives;
/// - nobody but its owner and the card that was told of it touches them;
/// - `address` is where the card sees the first byte, and the others follow without a gap.
pub unsafe trait Memory: fmt::Debug + Send + 'static {
    /// The first byte, as this process sees it; a multiple of 64.
    fn start(&self) -> std::ptr::NonNull<u8>;

    /// How many bytes.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first byte, as the card sees it; a multiple of 64.
    fn address(&self) -> u64;
}

/// What a card says it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The [`Core::id`] of the core it was loaded with.
    pub core: u64,
    /// Bytes of an input value.
    pub input_bytes: usize,
    /// Bytes of a result.
    pub output_bytes: usize,
    /// The core's latency, in periods of its clock.
    pub latency: u32,
}

impl Identity {
    /// What a card with this core should say.
    pub fn of(core: &Core) -> Self {
        Self {
            core: core.id(),
            input_bytes: core.netlist().input_bytes() as usize,
            output_bytes: core.netlist().output_bytes() as usize,
            latency: core.latency(),
        }
    }
}

/// How many values a card takes at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The most values in a batch.
    pub rows: usize,
    /// The slots: the most batches under way.
    pub window: usize,
}

/// A card with a core, as batches see it; see the [module](self) for the contract.
pub trait Card: fmt::Debug + Send + 'static {
    /// What it holds.
    fn identity(&self) -> Identity;

    /// How many values it takes.
    fn shape(&self) -> Shape;

    /// The memory of a slot's input values.
    ///
    /// # Panics
    ///
    /// If there is no such slot.
    fn input(&mut self, slot: usize) -> &mut [u8];

    /// Hands over the first `rows` values of a slot.
    ///
    /// **Costs** a write of memory and of a register, or a wake of another thread; no allocation.
    ///
    /// # Errors
    ///
    /// When the batch is against the contract (which does no harm), or the card failed.
    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), CardError>;

    /// How many batches have finished since the last call.
    ///
    /// # Errors
    ///
    /// When the card failed: then no batch under way will finish.
    fn poll(&mut self) -> Result<usize, CardError>;

    /// The memory of a slot's results, those of its batch that finished last.
    ///
    /// # Panics
    ///
    /// If there is no such slot.
    fn output(&mut self, slot: usize) -> &[u8];

    /// What people should know of it: how it is reached, its latency.
    fn notes(&self) -> Vec<String>;
}

/// Where cards come from: what an [`Fpga`](crate::Fpga) opens, once for each program.
pub trait Cards: fmt::Debug + Clone + Send + Sync + 'static {
    /// The cards.
    type Card: Card;

    /// Opens a card that has this core.
    ///
    /// # Errors
    ///
    /// When there is none, it holds another core, or cannot take batches of this shape.
    fn open(&self, core: &Core, shape: Shape) -> Result<Self::Card, OpenError>;

    /// What they are, for people to read.
    fn name(&self) -> String;
}
