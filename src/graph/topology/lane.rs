//! A lane of a topology: one context, and the segments that it runs.

use super::DeviceInfo;
use crate::context::Context;

/// One lane as it was placed: the context it runs on and the segments of the graph that run there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaneInfo {
    /// The name of its context.
    pub name: String,
    /// The family of its context: `"io"`, `"cpu"`, or what a target calls itself; empty before it is known.
    pub kind: String,
    /// The core that its thread is pinned to, if it is pinned.
    pub core: Option<usize>,
    /// How its loop waits when there is nothing to do: `"spin then park"`.
    pub wait: Option<String>,
    /// The segments that run here, in the order in which a pass reaches them.
    pub segments: Vec<u16>,
    /// What a reader should know about this lane: a privilege that the system refused, a core that is shared.
    pub notes: Vec<String>,
    /// The devices that compute segments of it.
    pub devices: Vec<DeviceInfo>,
}

impl LaneInfo {
    /// A lane without segments on an unpinned context.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: kind.into(),
            core: None,
            wait: None,
            segments: Vec::new(),
            notes: Vec::new(),
            devices: Vec::new(),
        }
    }

    /// A lane without segments on `context`, with everything that the context says about itself.
    #[must_use]
    pub fn on(context: &dyn Context) -> Self {
        let placement = context.placement();
        let mut lane = Self::new(context.name(), context.kind());
        lane.core = placement.core;
        lane.wait = Some(placement.wait).filter(|wait| !wait.is_empty()).map(str::to_owned);
        lane
    }

    /// States the core that the lane's thread is pinned to.
    #[must_use]
    pub fn core(mut self, core: usize) -> Self {
        self.core = Some(core);
        self
    }

    /// States how the lane's loop waits.
    #[must_use]
    pub fn wait(mut self, strategy: impl Into<String>) -> Self {
        self.wait = Some(strategy.into());
        self
    }

    /// Adds segments that run here.
    #[must_use]
    pub fn segments(mut self, segments: impl IntoIterator<Item = u16>) -> Self {
        self.segments.extend(segments);
        self
    }

    /// Adds a remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The remarks, and what is known of the devices, one line each.
    pub fn remarks(&self) -> Vec<String> {
        let devices = self.devices.iter().flat_map(DeviceInfo::lines);
        self.notes.iter().cloned().chain(devices).collect()
    }

    /// Context kind, core and wait strategy in one line, what is unknown left out: `"io, core 2, spin"`.
    #[must_use]
    pub fn placement(&self) -> String {
        let mut parts = Vec::new();
        if !self.kind.is_empty() {
            parts.push(self.kind.clone());
        }
        if let Some(core) = self.core {
            parts.push(format!("core {core}"));
        }
        if let Some(wait) = &self.wait {
            parts.push(wait.clone());
        }
        parts.join(", ")
    }
}
