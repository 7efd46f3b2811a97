//! A device that is slow and exact: it interprets the program, in order, as a device would be used.
//!
//! For tests of graphs that use devices, of the contract itself, and to compare targets with.
//!
//! # Examples
//!
//! ```
//! use fusewire::device::reference::Reference;
//! use fusewire::engine::Engine;
//! use fusewire::prelude::*;
//!
//! #[stage(kernel)]
//! fn double(n: u32) -> u32 {
//!     n * 2
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let device = Reference::builder().rows(16).build()?;
//!     let graph = fuse! { from_iter(0..100).then(on(device)).map(double) };
//!     let report = Engine::new().run(graph)?.join()?;
//!     assert_eq!(report.completed, 100);
//!     Ok(())
//! }
//! ```

mod queue;

use std::sync::Arc;
use std::time::Duration;

pub use queue::ReferenceQueue;

use super::{Batching, Device, DeviceError};
use crate::context::cpu::{Cpu, CpuError};
use crate::context::{ContextRef, OnDevice, Scheduler};
use crate::kernel::Program;
use crate::wait::Wait;

/// When a [`Reference`] fails, so that what follows can be tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fails {
    /// Never.
    #[default]
    Never,
    /// There is no such device.
    AtOpen,
    /// It has less memory than its queue needs.
    OutOfMemory,
    /// It is lost when so many batches have finished.
    After(u64),
    /// It takes no batch after so many.
    AtSubmit(u64),
}

/// The scheduler of a device that interprets its program; see the [module](self).
///
/// Clones are handles of the same device.
#[derive(Debug, Clone)]
pub struct Reference {
    context: Cpu,
    settings: Arc<Settings>,
}

#[derive(Debug, Clone, Copy)]
struct Settings {
    batching: Batching,
    latency: Duration,
    fails: Fails,
    wait: Wait,
}

impl Reference {
    /// What a device is made of; batches of up to 64 values within 50 microseconds, four in flight.
    pub const fn builder() -> ReferenceBuilder {
        let batching = Batching { rows: 64, within: Duration::from_micros(50), window: 4 };
        ReferenceBuilder {
            settings: Settings {
                batching,
                latency: Duration::ZERO,
                fails: Fails::Never,
                wait: Wait::SpinThenPark { spins: 50 },
            },
        }
    }

    /// Ends its context now, whoever still uses it.
    pub fn end(&self) {
        self.context.end();
    }
}

impl Scheduler for Reference {
    type Runs = OnDevice;

    fn context(&self) -> &ContextRef {
        self.context.context()
    }
}

impl Device for Reference {
    type Queue = ReferenceQueue;

    fn open(&self, program: &Program) -> Result<ReferenceQueue, DeviceError> {
        let Settings { batching, latency, fails, .. } = *self.settings;
        ReferenceQueue::open(program, batching, latency, fails)
    }

    fn describe(&self, _: &Program) -> Vec<String> {
        queue::notes(self.settings.latency)
    }

    fn batching(&self) -> Batching {
        self.settings.batching
    }
}

/// Makes a [`Reference`].
#[derive(Debug, Clone)]
#[must_use = "nothing is started before `build`"]
pub struct ReferenceBuilder {
    settings: Settings,
}

impl ReferenceBuilder {
    /// The most values in a batch; at least one.
    pub const fn rows(mut self, rows: usize) -> Self {
        self.settings.batching.rows = if rows == 0 { 1 } else { rows };
        self
    }

    /// How long the first value of a batch waits for others.
    pub const fn within(mut self, within: Duration) -> Self {
        self.settings.batching.within = within;
        self
    }

    /// The most batches in flight; at least one.
    pub const fn window(mut self, window: usize) -> Self {
        self.settings.batching.window = if window == 0 { 1 } else { window };
        self
    }

    /// How long a batch takes; several in flight overlap.
    pub const fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// When it fails.
    pub const fn fails(mut self, fails: Fails) -> Self {
        self.settings.fails = fails;
        self
    }

    /// How its context waits; else it spins for a while and then parks.
    pub const fn wait(mut self, wait: Wait) -> Self {
        self.settings.wait = wait;
        self
    }

    /// Starts the device's context.
    ///
    /// # Errors
    ///
    /// When the system refuses a thread.
    pub fn build(self) -> Result<Reference, CpuError> {
        let context = Cpu::builder().name("reference").wait(self.settings.wait).build()?;
        Ok(Reference { context, settings: Arc::new(self.settings) })
    }
}
