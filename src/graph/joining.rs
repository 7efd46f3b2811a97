//! Sources that meet in a join: the end of one is the end of the others.

use std::fmt;
use std::time::Instant;

use crate::context::ContextRef;
use crate::control::Mode;
use crate::graph::input::{Input, Nothing, OpenInput};
use crate::graph::tail::LaneState;
use crate::launch::{Launch, Spot};
use crate::primitive::{Arc, AtomicBool, Ordering};

/// What the sources of a join know of it.
#[derive(Clone)]
pub struct Joining(Arc<Shared>);

struct Shared {
    // Whether no pass can come out of the join any more. Only ever set.
    over: AtomicBool,
    // The join that this one is a side of.
    outer: Option<Joining>,
    /// Where the sources are.
    homes: Vec<ContextRef>,
}

/// A join of sources on `homes`, which is a side of `outer` if that is one.
pub fn joining(launch: &Launch<'_>, outer: Option<&Joining>, homes: &[Spot]) -> Joining {
    let homes = homes.iter().map(|&home| launch.context(home).clone()).collect();
    Joining(Arc::new(Shared { over: AtomicBool::new(false), outer: outer.cloned(), homes }))
}

impl Joining {
    /// What is held where the passes meet.
    pub fn joined(&self) -> Joined {
        Joined(self.clone())
    }

    /// Whether nobody takes what a source would give.
    fn is_over(&self) -> bool {
        // ORDERING: acquire, with the release of `Joined::drop`; the wake that follows it there orders
        // it for a context that sleeps.
        self.0.over.load(Ordering::Acquire) || self.0.outer.as_ref().is_some_and(Self::is_over)
    }
}

impl fmt::Debug for Joining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joining").field("over", &self.is_over()).finish_non_exhaustive()
    }
}

/// Where passes meet. Dropping it tells the sources of the join.
#[derive(Debug)]
pub struct Joined(Joining);

impl Drop for Joined {
    fn drop(&mut self) {
        // ORDERING: release, pairs with `Joining::is_over`.
        self.0.0.over.store(true, Ordering::Release);
        for home in &self.0.0.homes {
            home.nudge();
        }
    }
}

/// A source of a join as an input.
///
/// It ends when it has nothing and nobody would take what comes. If `FIRST`, it is the graph's first source, which a drain
/// closes, and which then ends once it has given what it still has; the others go on for as long as they have partners for
/// what came of it, and end when they have nothing and the graph is drained.
#[derive(Debug)]
pub struct SideInput<I, const FIRST: bool> {
    source: I,
    joining: Joining,
}

impl<I: Input, const FIRST: bool> SideInput<I, FIRST> {
    /// Takes from `source`, which is one of `joining`.
    pub const fn new(source: I, joining: Joining) -> Self {
        Self { source, joining }
    }
}

impl<I: Input, const FIRST: bool> Input for SideInput<I, FIRST> {
    type Item = I::Item;
    type Open<'i>
        = OpenSide<'i, I::Open<'i>, FIRST>
    where
        Self: 'i;
    const SOURCE: bool = FIRST;
    // Passes of the graph begin where the sources meet.
    const COUNTED: bool = false;
    const BURSTS: bool = I::BURSTS;

    fn most_at_once(&self) -> u32 {
        self.source.most_at_once()
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenSide { source: self.source.open(), joining: &self.joining }
    }

    fn leave(&mut self) -> bool {
        self.source.leave()
    }

    fn drain(&mut self) -> bool {
        self.source.drain()
    }

    fn deadline(&self) -> Option<Instant> {
        self.source.deadline()
    }
}

/// A [`SideInput`] for the time of a loop.
#[derive(Debug)]
pub struct OpenSide<'i, I, const FIRST: bool> {
    source: I,
    joining: &'i Joining,
}

impl<I: OpenInput, const FIRST: bool> OpenInput for OpenSide<'_, I, FIRST> {
    type Item = I::Item;

    #[inline(always)]
    fn take(&mut self) -> Option<I::Item> {
        self.source.take()
    }

    #[inline(always)]
    fn nothing(&mut self, lane: &mut LaneState) -> Nothing {
        match self.source.nothing(lane) {
            Nothing::Yet | Nothing::Late if self.joining.is_over() => Nothing::Ever,
            // The first is told of a drain by its line, and may have more then.
            Nothing::Yet if !FIRST && lane.control().mode() != Mode::Running => Nothing::Ever,
            other => other,
        }
    }

    #[inline(always)]
    fn waits(&mut self) -> bool {
        self.source.waits()
    }

    #[inline(always)]
    fn turned(&mut self, taken: u64) {
        self.source.turned(taken);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::control::{Control, Stop};

    /// A source that has nothing now.
    #[derive(Debug)]
    struct Empty;

    impl OpenInput for Empty {
        type Item = u32;

        fn take(&mut self) -> Option<u32> {
            None
        }

        fn nothing(&mut self, _: &mut LaneState) -> Nothing {
            Nothing::Yet
        }
    }

    /// Between the moment when the mode changes and the one when a lane is told, the first source may have something on its way.
    #[test]
    fn a_drain_ends_the_other_sides_at_once_and_the_first_when_it_says_so() {
        let mut lane = LaneState::new(Control::new());
        let shared = Shared { over: AtomicBool::new(false), outer: None, homes: Vec::new() };
        let joining = Joining(Arc::new(shared));
        let mut first = OpenSide::<_, true> { source: Empty, joining: &joining };
        let mut other = OpenSide::<_, false> { source: Empty, joining: &joining };
        assert_eq!((first.nothing(&mut lane), other.nothing(&mut lane)), (Nothing::Yet, Nothing::Yet));
        lane.control().stop(Stop::Drain);
        assert_eq!((first.nothing(&mut lane), other.nothing(&mut lane)), (Nothing::Yet, Nothing::Ever));
        drop(joining.joined());
        assert_eq!(first.nothing(&mut lane), Nothing::Ever, "nobody takes what comes");
    }
}
