//! What sets arms that meet again apart from arms that end by themselves.

use crate::graph::tail::{LaneState, Put};

/// What becomes of the passes in the arms of a fan.
pub trait Rule: Send {
    /// Whether the edges in the arms may drop values.
    const DROPS: bool;

    /// Whether a pass without a value goes through the arms too.
    const MARKS: bool;

    /// Where a pass is that is in both arms.
    fn both(first: Put, second: Put) -> Put;

    /// A pass has come to the arms.
    #[inline(always)]
    fn came(lane: &mut LaneState) {
        let _ = lane;
    }

    /// Where a pass is that has come to the arms, which ends the graph perhaps.
    #[inline(always)]
    fn went(put: Put, lane: &mut LaneState) -> Put {
        let _ = lane;
        put
    }

    /// Ends a turn in which `puts` passes came to the arms.
    #[inline(always)]
    fn turned(puts: u64, lane: &mut LaneState) {
        let _ = (puts, lane);
    }
}

/// Arms that meet again. If `MARKS`, a pass without a value goes through them too.
#[derive(Debug)]
pub struct Together<const MARKS: bool>;

impl<const MARKS: bool> Rule for Together<MARKS> {
    // Which is seen to at launch.
    const DROPS: bool = false;
    const MARKS: bool = MARKS;

    #[inline(always)]
    fn both(first: Put, second: Put) -> Put {
        both(first, second)
    }
}

/// Where a pass is that is in two places, of which both must be done with it.
#[inline(always)]
pub(in crate::graph::tail) fn both(first: Put, second: Put) -> Put {
    match (first, second) {
        (Put::Over, _) | (_, Put::Over) => Put::Over,
        (Put::Ended, _) | (_, Put::Ended) => Put::Ended,
        (Put::Done, Put::Done) => Put::Done,
        _ => Put::Waiting,
    }
}

/// Arms that end by themselves.
///
/// Passes of the graph end here, which are counted one by one if `EACH`, once per turn if `TURNS`: then every value that comes into
/// the lane comes this far. An arm whose edge drops values takes one also where there is no room.
#[derive(Debug)]
pub struct Apart<const EACH: bool, const TURNS: bool>;

impl<const EACH: bool, const TURNS: bool> Rule for Apart<EACH, TURNS> {
    const DROPS: bool = true;
    const MARKS: bool = false;

    // What is under way in one arm goes on to its end although the other has failed or ended.
    #[inline(always)]
    fn both(first: Put, second: Put) -> Put {
        match (first, second) {
            (Put::Over, Put::Waiting | Put::Ended) | (Put::Waiting | Put::Ended, Put::Over) => Put::Ended,
            (Put::Over, _) | (_, Put::Over) => Put::Over,
            (Put::Ended, _) | (_, Put::Ended) => Put::Ended,
            // An arm that keeps its values holds up one that drops them.
            (Put::Waiting, _) | (_, Put::Waiting) => Put::Waiting,
            (Put::Overflows, _) | (_, Put::Overflows) => Put::Overflows,
            (Put::Done, Put::Done) => Put::Done,
        }
    }

    #[inline(always)]
    fn came(lane: &mut LaneState) {
        if EACH {
            lane.completed = lane.completed.wrapping_add(1);
        }
    }

    #[inline(always)]
    fn went(put: Put, lane: &mut LaneState) -> Put {
        if (EACH || TURNS) && matches!(put, Put::Over | Put::Ended) {
            lane.take_back();
        }
        put
    }

    #[inline(always)]
    fn turned(puts: u64, lane: &mut LaneState) {
        if TURNS {
            lane.completed = lane.completed.wrapping_add(puts);
        }
    }
}
