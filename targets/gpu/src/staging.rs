//! How much memory the batches of a queue need.

use fusewire::device::{Batching, DeviceError};
use fusewire::kernel::Program;

use crate::settings::Settings;

/// The sizes of a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) batching: Batching,
    /// Bytes of a row.
    pub(crate) input_row: usize,
    pub(crate) output_row: usize,
    /// Bytes of a slot; not 0, since no driver gives an empty buffer.
    pub(crate) input: usize,
    pub(crate) output: usize,
    /// Bytes of all slots and all tables.
    pub(crate) all: u64,
}

impl Plan {
    /// What `program` needs on the device called `name`, which has `most` bytes.
    pub(crate) fn new(
        name: &str,
        program: &Program,
        settings: &Settings,
        most: u64,
    ) -> Result<Self, DeviceError> {
        let batching = settings.batching;
        let (input_row, output_row) = (program.input().size(), program.output().size());
        let tables: u128 = program.tables().iter().map(|table| table.bytes().len() as u128).sum();
        let rows = batching.rows as u128;
        let slot = rows * (input_row + output_row) as u128;
        let all = slot * batching.window as u128 + tables;
        let limit = settings.memory.unwrap_or(most).min(most);
        let all = u64::try_from(all).unwrap_or(u64::MAX);
        if all > limit {
            let why = format!(
                "{} batches of {} rows take so much with their tables, and {limit} bytes are allowed; ask for fewer rows or a smaller window",
                batching.window, batching.rows
            );
            return Err(DeviceError::out_of_memory(name, all, why));
        }
        // In range: both are at most `all`, which the device has.
        let bytes = |row: usize| (batching.rows * row).max(1);
        Ok(Self { batching, input_row, output_row, input: bytes(input_row), output: bytes(output_row), all })
    }
}
