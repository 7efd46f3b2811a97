//! How long the lanes of a running graph take for a value, measured when somebody asks.

use std::time::Duration;

use super::question::Question;
use crate::context::ContextId;

/// What one lane measured of itself: so many values in so much time, while it had values to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Where the lane runs.
    pub(crate) context: ContextId,
    pub(crate) values: u64,
    pub(crate) time: Duration,
}

impl Sample {
    /// Fewer values say more about the clock than about the lane.
    const FEWEST: u64 = 16;

    /// Nanoseconds for each value, if there were enough to tell.
    pub(crate) fn nanoseconds(self) -> Option<u64> {
        let time = u64::try_from(self.time.as_nanos()).unwrap_or(u64::MAX);
        (self.values >= Self::FEWEST).then(|| time / self.values)
    }
}

/// The question how long a lane takes for a value.
///
/// A lane takes some turns with a clock then: what is measured costs it two looks at the clock each time that somebody asks, and
/// nothing else.
pub(crate) type Sampling = Question<Sample>;
