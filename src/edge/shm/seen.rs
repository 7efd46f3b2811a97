//! What the drawing of a graph shows of a ring between processes of which it has one end.

use super::ShmWatch;
use super::layout::{End, Peer};
use super::watch::Readings;
use crate::edge::{self, Described, EdgeCounters, EdgeStats};

/// What either end says of the edge: the policy is its sender's.
fn said(readings: &Readings, path: &str) -> Described {
    let capacity = usize::try_from(readings.capacity()).unwrap_or(usize::MAX);
    Described::new("shm").policy("", false).named(path.to_owned()).capacity(capacity).layout(
        0,
        "in-slot",
        "the number in the slot is what publishes a value",
    )
}

/// The counters, and who is at the ends where the system lets us look.
pub(super) fn seen(readings: &Readings, path: &str, watch: Option<ShmWatch>) -> EdgeStats {
    EdgeStats::new(Seen { readings: readings.clone(), watch }).described_as(said(readings, path))
}

struct Seen {
    readings: Readings,
    watch: Option<ShmWatch>,
}

impl edge::Readings for Seen {
    fn counters(&self) -> EdgeCounters {
        let counters = self.readings.counters();
        EdgeCounters {
            pushed: counters.pushed,
            popped: counters.popped,
            dropped: counters.dropped,
            stalls: counters.stalls,
            depth: counters.depth,
            ..EdgeCounters::default()
        }
    }

    fn capacity(&self) -> usize {
        self.readings.capacity() as usize
    }

    fn peers(&self) -> Vec<String> {
        let ends = [(End::Producer, "pushes", "push"), (End::Consumer, "pops", "pop")];
        let watched = self.watch.iter().flat_map(|watch| ends.map(|end| (watch, end)));
        let peer = |(watch, (end, does, to)): (&ShmWatch, (End, &str, &str))| match watch.peer(end) {
            Peer::Never => format!("nobody has come to {to} yet"),
            Peer::Alive(process) => format!("{process} {does}"),
            Peer::Closed(process) => format!("{process} has left, and nobody {does}"),
            Peer::Died(process) => format!("{process} died, and nobody {does}"),
        };
        watched.map(peer).collect()
    }
}
