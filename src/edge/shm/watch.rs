//! Looking at a ring from outside: what went over it, and who is at its ends.

use std::fs::File;

use super::ShmError;
use super::file::{Opened, again, is_locked, try_lock};
use super::layout::{
    CONSUMER_REDELIVERED, END_DEATHS, END_GENERATION, End, PRODUCER_DROPPED, PRODUCER_STALLS, Peer,
    STATE_ATTACHED, STATE_ATTACHING, STATE_BURIED, STATE_NEVER, Shape,
};
use super::memory::{Mapping, View};
use super::ring::Ring;

/// What went over a ring between processes since it was made, whoever was at its ends.
///
/// `pushed == popped + dropped + depth`, at every reading. The numbers lie in the ring, so that they outlive its processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ShmCounters {
    /// Values that the edge took: those that are or were in it, and those that it dropped by its policy.
    pub pushed: u64,
    /// Values that were popped and handed back.
    pub popped: u64,
    /// Values that were dropped for want of room.
    pub dropped: u64,
    /// Values that are inside.
    pub depth: u64,
    /// How often a producer that must not drop found no room, counted once until a push succeeds again.
    pub stalls: u64,
    /// Values that were taken by a consumer that died before it handed them back, and so come again.
    pub redelivered: u64,
    /// How many producers died, of those that somebody noticed.
    pub producer_deaths: u64,
    /// How many consumers died, of those that somebody noticed.
    pub consumer_deaths: u64,
}

/// Looks at a ring without being one of its ends, from any process that may open it.
#[derive(Debug)]
pub struct ShmWatch {
    pub(super) readings: Readings,
    file: File,
    path: String,
}

/// The counters alone, which need no file.
#[derive(Clone)]
pub(super) struct Readings {
    ring: Ring<View, Shape>,
    start: u64,
    // Keeps what `ring` looks at.
    mapping: Mapping,
}

impl std::fmt::Debug for Readings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Readings").field(&self.counters()).finish()
    }
}

impl Readings {
    pub(super) fn new(ring: Ring<View, Shape>, start: u64, mapping: Mapping) -> Self {
        Self { ring, start, mapping }
    }

    pub(super) fn counters(&self) -> ShmCounters {
        let head = self.ring.head();
        let (popped, depth) = (head.wrapping_sub(self.start), self.ring.waiting(head));
        let dropped = self.ring.number(End::Producer.at(PRODUCER_DROPPED));
        ShmCounters {
            pushed: popped.wrapping_add(depth).wrapping_add(dropped),
            popped,
            dropped,
            depth,
            stalls: self.ring.number(End::Producer.at(PRODUCER_STALLS)),
            redelivered: self.ring.number(End::Consumer.at(CONSUMER_REDELIVERED)),
            producer_deaths: self.ring.number(End::Producer.at(END_DEATHS)),
            consumer_deaths: self.ring.number(End::Consumer.at(END_DEATHS)),
        }
    }

    pub(super) const fn capacity(&self) -> u64 {
        self.ring.capacity()
    }

    pub(super) const fn ring(&self) -> &Ring<View, Shape> {
        &self.ring
    }

    pub(super) const fn mapping(&self) -> &Mapping {
        &self.mapping
    }
}

impl ShmWatch {
    pub(super) fn new(opened: Opened) -> Self {
        let ring = opened.ring(opened.header.shape);
        let readings = Readings::new(ring, opened.header.start, opened.mapping);
        Self { readings, file: opened.file, path: opened.path }
    }

    /// One more look at the ring of `readings`, by a description of its own.
    pub(super) fn beside(readings: &Readings, file: &File, path: &str) -> Result<Self, ShmError> {
        Ok(Self { readings: readings.clone(), file: again(file, path)?, path: path.to_owned() })
    }

    /// Where the ring is.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Reads all counters.
    pub fn counters(&self) -> ShmCounters {
        self.readings.counters()
    }

    /// How many values the ring holds at most.
    pub const fn capacity(&self) -> u64 {
        self.readings.capacity()
    }

    /// Who is at an end. Costs a system call.
    ///
    /// Whether a process lives is what the system says of the lock that it took, which is given back when it ends. Its id is only
    /// what it wrote itself.
    pub fn peer(&self, end: End) -> Peer {
        peer(&self.readings.ring, &self.file, end)
    }

    /// Lets an end whose process died count as closed, so that the graph at the other end drains the ring and ends. Whether
    /// there was something to bury; nothing is done to a process that lives, nor to an end that was closed.
    ///
    /// # Errors
    ///
    /// When the system refuses to say whether the process lives.
    pub fn bury(&self, end: End) -> Result<bool, ShmError> {
        let file = again(&self.file, &self.path)?;
        let locked = try_lock(&file, end).map_err(|error| ShmError::System {
            doing: "lock",
            path: self.path.clone(),
            errno: error.raw_os_error().unwrap_or(libc::EIO),
        })?;
        if !locked {
            return Ok(false);
        }
        // The lock goes with `file`; nobody attaches here meanwhile.
        let ring = &self.readings.ring;
        let died = matches!(ring.state(end), STATE_ATTACHED | STATE_ATTACHING);
        if died {
            ring.add(end.at(END_DEATHS), 1);
            ring.set_state(end, STATE_BURIED);
            ring.ring_bell(end.other());
        }
        drop(file);
        Ok(died)
    }
}

/// Who is at an end, by the lock of it as seen through `file`.
pub(super) fn peer(ring: &Ring<View, Shape>, file: &File, end: End) -> Peer {
    let look = || (ring.number(end.at(END_GENERATION)), ring.state(end), ring.process(end));
    let (mut seen, mut locked) = (look(), is_locked(file, end));
    // Somebody may attach or leave between two looks; one who writes there without end is not waited for.
    for _ in 0..100 {
        let now = look();
        if now == seen {
            break;
        }
        (seen, locked) = (now, is_locked(file, end));
    }
    let (_, state, process) = seen;
    match state {
        STATE_NEVER => Peer::Never,
        STATE_ATTACHED | STATE_ATTACHING if locked => Peer::Alive(process),
        STATE_ATTACHED | STATE_ATTACHING => Peer::Died(process),
        _ => Peer::Closed(process),
    }
}
