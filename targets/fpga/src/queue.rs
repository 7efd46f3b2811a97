//! A card as the core crate's lanes drive it.

use std::fmt;

use fusewire::device::{Batching, DeviceError, Queue};

use crate::driver::Card;

/// A program on a card, and its batches.
#[derive(Debug)]
pub struct FpgaQueue<C> {
    card: C,
    batching: Batching,
    device: String,
    core: Vec<String>,
}

impl<C: Card> FpgaQueue<C> {
    pub(crate) fn new(card: C, batching: Batching, device: String, core: Vec<String>) -> Self {
        Self { card, batching, device, core }
    }

    /// The card.
    pub const fn card(&mut self) -> &mut C {
        &mut self.card
    }

    fn lost(&self, error: impl fmt::Display) -> DeviceError {
        DeviceError::lost(self.device.as_str(), error)
    }
}

impl<C: Card> Queue for FpgaQueue<C> {
    fn batching(&self) -> Batching {
        self.batching
    }

    #[inline]
    fn input(&mut self, slot: usize) -> &mut [u8] {
        self.card.input(slot)
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        self.card.submit(slot, rows).map_err(|error| self.lost(error))
    }

    fn poll(&mut self) -> Result<usize, DeviceError> {
        self.card.poll().map_err(|error| self.lost(error))
    }

    #[inline]
    fn output(&mut self, slot: usize) -> &[u8] {
        self.card.output(slot)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.core.clone();
        notes.extend(self.card.notes());
        notes
    }
}
