//! A lane of a topology: one context, and the segments that it runs.

use core::fmt;

/// One lane as it was placed: the context it runs on and the segments of the graph that run there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaneInfo {
    /// The name of its context.
    pub name: String,
    /// The family of its context.
    pub kind: ContextKind,
    /// The core that its thread is pinned to, if it is pinned.
    pub core: Option<usize>,
    /// How its loop waits when there is nothing to do: `"SpinThenPark"`.
    pub wait: Option<String>,
    /// The segments that run here, in the order in which a pass reaches them.
    pub segments: Vec<u16>,
    /// What a reader should know about this lane: a privilege that the system refused, a core that is shared.
    pub notes: Vec<String>,
}

impl LaneInfo {
    /// A lane without segments on an unpinned context.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: ContextKind) -> Self {
        Self { name: name.into(), kind, core: None, wait: None, segments: Vec::new(), notes: Vec::new() }
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

    /// Context kind, core and wait strategy in one line, what is unknown left out: `"io, core 2, Spin"`.
    #[must_use]
    pub fn placement(&self) -> String {
        let mut parts = Vec::new();
        if self.kind != ContextKind::Unknown {
            parts.push(self.kind.to_string());
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

/// The family of a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContextKind {
    /// Runs what it is given here and now.
    Inline,
    /// Runs when a test says so.
    Manual,
    /// A pinned thread that computes.
    Cpu,
    /// A thread that polls sockets and timers.
    Io,
    /// Anything that is not a thread of this process.
    Device,
    /// Not known before the graph is placed.
    Unknown,
}

impl ContextKind {
    /// The kind as one lower-case word, the one that the JSON carries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Manual => "manual",
            Self::Cpu => "cpu",
            Self::Io => "io",
            Self::Device => "device",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for ContextKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
