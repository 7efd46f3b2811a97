//! A line in front of a join, which sees its own end also while the partner of its next pass is late.

use std::fmt;
use std::time::Instant;

use super::{Count, Line, Node, OpenLine, OpenNode, Phase, Went};
use crate::control::Mode;
use crate::graph::input::{Input, Nothing, OpenInput};
use crate::graph::tail::{LaneState, OpenTail, Put, Room, Tail};
use crate::lane::Turn;

/// A [`Line`] in front of a join.
///
/// A line takes a value only when there is room for it, and so it does not see the end of its input while there is none. In front
/// of a join there is room when the partner has come, which may be never: the join has ended all the same if this side has. So
/// while the partner is late one value is taken ahead of it and kept, as the plain form does, which starts its sides in order.
pub struct AheadLine<I: Input, T> {
    line: Line<I, T>,
    // INVARIANT: taken from the input, and not counted as taken before it was put in; `Some` only while the line is running.
    kept: Option<I::Item>,
}

impl<I: Input<Item: Send>, T> AheadLine<I, T> {
    /// A node that has not begun.
    pub const fn new(input: I, tail: T) -> Self {
        Self { line: Line::new(input, tail), kept: None }
    }
}

impl<I: Input, T> fmt::Debug for AheadLine<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AheadLine").field("keeps", &self.kept.is_some()).finish_non_exhaustive()
    }
}

impl<I: Input<Item: Send>, T: Tail<I::Item>> AheadLine<I, T> {
    /// Looks for the partner, and at the input while that is late.
    fn ahead(&mut self, lane: &mut LaneState) -> Turn {
        let kept = self.kept.is_some();
        match self.give(lane) {
            Some(Put::Over) => self.leave(Phase::Over),
            Some(Put::Ended) => self.leave(Phase::Draining),
            Some(_) if kept && self.kept.is_none() => {
                if lane.control().mode() == Mode::Draining {
                    // It was not told while it had this to give.
                    self.line.drain();
                }
                Turn::Busy
            }
            Some(Put::Waiting) => self.look(lane),
            Some(Put::Done) => Turn::Busy,
            Some(Put::Overflows) | None => Turn::Idle,
        }
    }

    /// Puts in what is kept, if there is room; what became of that, or why there is none, unless nothing is kept.
    fn give(&mut self, lane: &mut LaneState) -> Option<Put> {
        let mut tail = self.line.tail.open();
        let room = if tail.ready() {
            // SAFETY: it is ready, and nothing was put in since.
            unsafe { Room::sure() }
        } else {
            let put = tail.poll(lane);
            if put != Put::Overflows || !tail.takes() {
                return Some(put);
            }
            Room::UNSURE
        };
        let value = self.kept.take()?;
        let put = tail.put(value, room, lane);
        tail.show();
        tail.turned(1, lane);
        self.line.taken += 1;
        Some(put)
    }

    /// Takes the next value and keeps it, or sees that there is none any more.
    fn look(&mut self, lane: &mut LaneState) -> Turn {
        if self.kept.is_some() {
            return Turn::Idle;
        }
        let mut input = self.line.input.open();
        self.kept = input.take();
        if self.kept.is_some() {
            input.turned(1);
            return Turn::Busy;
        }
        let nothing = input.nothing(lane);
        drop(input);
        match nothing {
            Nothing::Yet => Turn::Idle,
            Nothing::Late => Turn::Busy,
            Nothing::Ever => self.leave(Phase::Draining),
        }
    }

    fn leave(&mut self, phase: Phase) -> Turn {
        self.kept = None;
        self.line.phase = phase;
        Turn::Busy
    }
}

impl<I: Input<Item: Send>, T: Tail<I::Item>> Node for AheadLine<I, T> {
    type Open<'n>
        = OpenAhead<'n, I, T>
    where
        Self: 'n;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenAhead { keeps: self.kept.is_some(), line: self.line.open() }
    }

    fn settle(&mut self, lane: &mut LaneState) -> Turn {
        if self.line.phase == Phase::Running { self.ahead(lane) } else { self.line.settle(lane) }
    }

    /// What is kept is given first, if its partner comes.
    fn drain(&mut self) {
        if self.kept.is_none() {
            self.line.drain();
        }
    }

    fn leave(&mut self) -> bool {
        self.line.leave()
    }

    fn under_way(&mut self) -> bool {
        self.kept.is_some() || self.line.under_way()
    }

    fn gives(&mut self, lane: &mut LaneState) -> bool {
        self.line.gives(lane)
    }

    fn deadline(&self) -> Option<Instant> {
        if self.kept.is_some() { self.line.tail.deadline() } else { self.line.deadline() }
    }

    fn taken(&self) -> Count {
        self.line.taken()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.line.awaits(seen);
    }
}

/// An [`AheadLine`] for the time of a loop.
pub struct OpenAhead<'l, I: Input + 'l, T: Tail<I::Item> + 'l> {
    line: OpenLine<'l, I, T>,
    keeps: bool,
}

impl<I: Input, T: Tail<I::Item>> fmt::Debug for OpenAhead<'_, I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAhead").field("keeps", &self.keeps).finish_non_exhaustive()
    }
}

impl<I: Input, T: Tail<I::Item>> OpenNode for OpenAhead<'_, I, T> {
    /// The loop is left while the partner is late: what is done then has no place in it.
    #[inline(always)]
    fn turn(&mut self, lane: &mut LaneState, others_press: impl FnMut() -> bool) -> Went {
        if self.keeps {
            return Went::Leave;
        }
        match self.line.turn(lane, others_press) {
            Went::Idle if !self.line.tail.ready() => Went::Leave,
            went => went,
        }
    }

    #[inline(always)]
    fn presses(&mut self) -> bool {
        self.line.presses()
    }
}
