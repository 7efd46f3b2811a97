//! A single pass over a device: its value in a batch of one.

use std::fmt;
use std::time::Instant;

use crate::device::{DeviceError, Gather, Queue};
use crate::kernel::Data;

/// Where a single pass is, after its value came to where it is to be computed.
#[derive(Debug)]
pub enum Arrived<V, U> {
    /// The stages are to be called, here and now.
    Host(V),
    /// It is computed.
    Made(U),
    /// The device has it: to be asked again, at this time at the latest.
    Waits(V, Option<Instant>),
    /// The device failed.
    Failed,
}

/// The queue of a machine, opened by its first pass and kept for those after it.
pub struct PassSlot<Q, V, U> {
    gather: Option<Gather<Q, V, U>>,
    // Whether the device has the value of a pass.
    under_way: bool,
}

impl<Q, V, U> PassSlot<Q, V, U> {
    pub(super) const fn new() -> Self {
        Self { gather: None, under_way: false }
    }

    /// Begins a pass. A result that the pass before did not take must not be this one's.
    pub(super) fn begin(&mut self) {
        if std::mem::take(&mut self.under_way) {
            self.gather = None;
        }
    }
}

impl<Q: Queue, V: Data, U: Data> PassSlot<Q, V, U> {
    /// Does what can be done now, on the device's context.
    ///
    /// # Errors
    ///
    /// When the device cannot be opened, or was lost. It is opened anew by the next pass.
    pub(super) fn step(
        &mut self,
        value: V,
        open: impl FnOnce() -> Result<Gather<Q, V, U>, DeviceError>,
    ) -> Result<Arrived<V, U>, DeviceError> {
        let gather = match &mut self.gather {
            Some(gather) => gather,
            none => none.insert(open()?),
        };
        if !self.under_way {
            self.under_way = true;
            gather.put(&value);
            gather.flush();
        }
        gather.turn();
        if let Some(result) = gather.take() {
            self.under_way = false;
            return Ok(Arrived::Made(result));
        }
        if let Some(error) = gather.failed().cloned() {
            (self.gather, self.under_way) = (None, false);
            return Err(error);
        }
        Ok(Arrived::Waits(value, gather.deadline()))
    }
}

impl<Q, V, U> fmt::Debug for PassSlot<Q, V, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassSlot").field("under_way", &self.under_way).finish_non_exhaustive()
    }
}
