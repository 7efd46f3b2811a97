//! What is under way in a scope that was built to note it.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::context::ContextRef;
use crate::graph::guard::frame;
use crate::lane::Frame;
use crate::sender::Sender;

/// What is under way in a scope, as of one moment; see [`ScopeToken::dump`](super::ScopeToken::dump).
///
/// Its `Display` is meant for a log, several lines long.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScopeDump {
    /// How many operations it has, associations that somebody holds and scopes within it among them.
    pub associations: u32,
    /// Whether it refuses further operations.
    pub closed: bool,
    /// Whether its operations were asked to stop.
    pub stopping: bool,
    /// Whether it notes what is spawned, as [`ScopeBuilder::traced`](super::ScopeBuilder::traced) says.
    pub traced: bool,
    /// The operations that it has noted, in the order in which they were spawned.
    pub operations: Vec<OperationDump>,
}

/// An operation that is under way in a scope.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OperationDump {
    /// The file and the line that spawned it; none for a connection, which a listener spawns.
    pub spawned: Option<(&'static str, u32)>,
    /// The name of the context that it was spawned on, if it was one.
    pub context: Option<String>,
    /// Whether it was started; else its context has not come to it.
    pub started: bool,
    /// How long ago it was spawned.
    pub age: Duration,
    /// The type of its sender, which names its functions.
    pub sender: &'static str,
    /// Its stages, each with its place; none for a sender that was not fused.
    pub stages: Vec<Frame>,
}

impl fmt::Display for ScopeDump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { associations, closed, stopping, traced, operations } = self;
        let state = match (stopping, closed) {
            (true, _) => "asked to stop",
            (false, true) => "closed",
            (false, false) => "open",
        };
        writeln!(f, "scope with {associations} under way, {state}")?;
        for operation in operations {
            operation.fmt(f)?;
        }
        let others = (*associations as usize).saturating_sub(operations.len());
        match others {
            0 => Ok(()),
            _ if *traced => writeln!(f, "{others} more: scopes within, and associations that are held"),
            _ => writeln!(f, "{others} that were not noted: build the scope with `.traced()` to see them"),
        }
    }
}

impl fmt::Display for OperationDump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { spawned, context, started, age, sender, stages } = self;
        f.write_str("operation")?;
        if let Some((file, line)) = spawned {
            write!(f, " spawned at {file}:{line}")?;
        }
        if let Some(context) = context {
            write!(f, " on `{context}`")?;
        }
        writeln!(f, "{} for {age:.1?}", if *started { ", under way" } else { ", waits to be started" })?;
        if stages.is_empty() {
            writeln!(f, "    {sender}")?;
        }
        for stage in stages {
            writeln!(f, "    {stage}")?;
        }
        Ok(())
    }
}

/// The operations of a scope, by where they lie.
#[derive(Debug, Default)]
pub(super) struct Traces {
    known: Mutex<BTreeMap<usize, Trace>>,
}

#[derive(Debug)]
struct Trace {
    since: Instant,
    dump: OperationDump,
}

impl Traces {
    fn known(&self) -> MutexGuard<'_, BTreeMap<usize, Trace>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an operation that lies at `place`, which nobody else has before it is [forgotten](Self::forget).
    pub(super) fn note<S: Sender>(
        &self,
        place: NonNull<()>,
        sender: &S,
        context: Option<&ContextRef>,
        spawned: Option<&'static Location<'static>>,
    ) {
        let stages = sender.inspect().desc.stages.iter();
        let dump = OperationDump {
            spawned: spawned.map(|place| (place.file(), place.line())),
            context: context.map(|context| context.name().to_owned()),
            started: false,
            age: Duration::ZERO,
            sender: std::any::type_name::<S>(),
            stages: stages.filter(|stage| !stage.file.is_empty()).map(frame).collect(),
        };
        self.known().insert(place.addr().get(), Trace { since: Instant::now(), dump });
    }

    pub(super) fn started(&self, place: NonNull<()>) {
        if let Some(trace) = self.known().get_mut(&place.addr().get()) {
            trace.dump.started = true;
        }
    }

    pub(super) fn forget(&self, place: NonNull<()>) {
        let gone = self.known().remove(&place.addr().get());
        drop(gone);
    }

    pub(super) fn dump(&self) -> Vec<OperationDump> {
        let known = self.known();
        let mut traces: Vec<_> = known.values().collect();
        traces.sort_by_key(|trace| trace.since);
        let now = Instant::now();
        let aged = |trace: &Trace| OperationDump {
            age: now.saturating_duration_since(trace.since),
            ..trace.dump.clone()
        };
        traces.into_iter().map(aged).collect()
    }
}
