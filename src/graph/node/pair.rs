//! Two nodes in one lane, each of which may be over before the other.

use std::time::Instant;

use super::{Count, Node, OpenNode, Went, earlier};
use crate::graph::tail::LaneState;
use crate::lane::Turn;

/// Two nodes on one context: the downstream one turns first, which makes room for the other.
#[derive(Debug)]
pub struct Pair<A, B> {
    // INVARIANT: `None` from the moment that one is done.
    first: Option<A>,
    second: Option<B>,
    // What those had taken that are done.
    gone: Count,
    // Whether one moved on in the turn that the other left.
    busy: bool,
}

impl<A, B> Pair<A, B> {
    /// `first`, and `second` downstream of it.
    pub const fn new(first: A, second: B) -> Self {
        Self { first: Some(first), second: Some(second), gone: Count { values: 0, started: 0 }, busy: false }
    }
}

impl<A: Node, B: Node> Node for Pair<A, B> {
    type Open<'n>
        = OpenPair<'n, A::Open<'n>, B::Open<'n>>
    where
        Self: 'n;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenPair {
            first: self.first.as_mut().map(A::open),
            second: self.second.as_mut().map(B::open),
            busy: &mut self.busy,
        }
    }

    fn settle(&mut self, lane: &mut LaneState) -> Turn {
        let busy = std::mem::take(&mut self.busy);
        let second = settle(&mut self.second, &mut self.gone, lane);
        match (second, settle(&mut self.first, &mut self.gone, lane)) {
            (Turn::Done, Turn::Done) => Turn::Done,
            _ if busy => Turn::Busy,
            (Turn::Busy, _) | (_, Turn::Busy) => Turn::Busy,
            _ => Turn::Idle,
        }
    }

    fn drain(&mut self) {
        self.first.as_mut().map(A::drain);
        self.second.as_mut().map(B::drain);
    }

    fn leave(&mut self) -> bool {
        self.first.as_mut().is_some_and(A::leave) | self.second.as_mut().is_some_and(B::leave)
    }

    fn under_way(&mut self) -> bool {
        self.first.as_mut().is_some_and(A::under_way) || self.second.as_mut().is_some_and(B::under_way)
    }

    fn gives(&mut self, lane: &mut LaneState) -> bool {
        self.first.as_mut().is_some_and(|first| first.gives(lane))
            || self.second.as_mut().is_some_and(|second| second.gives(lane))
    }

    fn deadline(&self) -> Option<Instant> {
        let (first, second) = (self.first.as_ref(), self.second.as_ref());
        earlier(first.and_then(A::deadline), second.and_then(B::deadline))
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        if let Some(first) = &self.first {
            first.awaits(seen);
        }
        if let Some(second) = &self.second {
            second.awaits(seen);
        }
    }

    fn taken(&self) -> Count {
        let (first, second) = (self.first.as_ref().map(A::taken), self.second.as_ref().map(B::taken));
        self.gone.and(first).and(second)
    }
}

/// Settles one of two nodes, and drops it once it is done.
fn settle<N: Node>(place: &mut Option<N>, gone: &mut Count, lane: &mut LaneState) -> Turn {
    let Some(node) = place else { return Turn::Done };
    let went = node.settle(lane);
    if went == Turn::Done {
        *gone = gone.and(Some(node.taken()));
        *place = None;
    }
    went
}

/// A [`Pair`] for the time of a loop.
#[derive(Debug)]
pub struct OpenPair<'p, A, B> {
    first: Option<A>,
    second: Option<B>,
    busy: &'p mut bool,
}

impl<N: OpenNode> OpenNode for Option<N> {
    #[inline(always)]
    fn turn(&mut self, lane: &mut LaneState, others_press: impl FnMut() -> bool) -> Went {
        match self {
            Some(node) => node.turn(lane, others_press),
            None => Went::Idle,
        }
    }

    #[inline(always)]
    fn presses(&mut self) -> bool {
        self.as_mut().is_some_and(N::presses)
    }
}

impl<A: OpenNode, B: OpenNode> OpenNode for OpenPair<'_, A, B> {
    #[inline(always)]
    fn turn(&mut self, lane: &mut LaneState, mut others_press: impl FnMut() -> bool) -> Went {
        let Self { first, second, busy } = self;
        let went = second.turn(lane, &mut others_press);
        match (went, first.turn(lane, || second.presses() || others_press())) {
            (Went::Leave, Went::Busy) | (Went::Busy, Went::Leave) => {
                // What is settled may have nothing to do, and the lane has.
                **busy = true;
                Went::Leave
            }
            (Went::Leave, _) | (_, Went::Leave) => Went::Leave,
            (Went::Busy, _) | (_, Went::Busy) => Went::Busy,
            _ => Went::Idle,
        }
    }

    #[inline(always)]
    fn presses(&mut self) -> bool {
        self.second.presses() || self.first.presses()
    }
}
