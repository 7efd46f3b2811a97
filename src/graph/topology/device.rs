//! A device of a topology: what computes a segment of a lane.

use crate::device::{Batching, DeviceCounters};

/// What computes a segment, and how its values travel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceInfo {
    /// The segment.
    pub segment: u16,
    /// The kernels, first to last: one program, with nothing in memory between them.
    pub kernels: Vec<String>,
    /// How values are gathered.
    pub batching: Batching,
    /// Bytes of a value on its way to the device.
    pub input_bytes: usize,
    /// Bytes of a result on its way back.
    pub output_bytes: usize,
    /// Bytes of the tables that the device keeps.
    pub table_bytes: usize,
    /// The context that stands in for the device, if one does.
    pub fallback: Option<String>,
    /// What the device says of the kernels, and of itself once it is open.
    pub notes: Vec<String>,
    /// What it has done, once the graph runs.
    pub counters: Option<DeviceCounters>,
}

impl DeviceInfo {
    /// The device of a segment, of which nothing else is known.
    #[must_use]
    pub const fn new(segment: u16, batching: Batching) -> Self {
        Self {
            segment,
            kernels: Vec::new(),
            batching,
            input_bytes: 0,
            output_bytes: 0,
            table_bytes: 0,
            fallback: None,
            notes: Vec::new(),
            counters: None,
        }
    }

    /// Everything, for people to read, one thought per line.
    pub fn lines(&self) -> Vec<String> {
        let Self { segment, kernels, batching, input_bytes, output_bytes, table_bytes, .. } = self;
        let fused = if kernels.len() > 1 { ", fused into one" } else { "" };
        let mut lines = vec![
            format!("device of segment {segment}: kernels {}{fused}", kernels.join(" > ")),
            format!(
                "batches of up to {} within {:?}, {} in flight; {input_bytes} B there and {output_bytes} B back per value, {table_bytes} B of tables",
                batching.rows, batching.within, batching.window
            ),
        ];
        if let Some(fallback) = &self.fallback {
            lines.push(format!("without the device: the same stages on `{fallback}`"));
        }
        lines.extend(self.notes.iter().cloned());
        if let Some(counters) = &self.counters {
            let DeviceCounters { rows, batches, partial, bytes_in, bytes_out, most_in_flight, on_host } =
                counters;
            lines.push(format!(
                "{rows} values in {batches} batches ({partial} partial, {most_in_flight} in flight at most), {bytes_in} B there, {bytes_out} B back, {on_host} values on the host"
            ));
        }
        lines
    }
}
