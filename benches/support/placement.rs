//! How far apart the two cores were during a slice.
//!
//! A hypervisor may move a virtual core to another cache at any time, which changes every figure by
//! a factor of four. Slices of different placements are never compared.

use std::fmt;

/// How far apart two cores are, told by the raw ping-pong between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Placement {
    /// They share a cache.
    Near,
    /// They do not.
    Far,
}

/// A raw round trip that takes longer than this does not stay inside one cache.
const NEAR_BELOW_NANOS: f64 = 230.0;

/// Two brackets that differ by more than this factor enclose a change.
const STEADY_WITHIN: f64 = 1.25;

impl Placement {
    /// The placement of a slice, from the raw medians before and after it in nanoseconds; none if
    /// they disagree.
    pub(crate) fn of(before: f64, after: f64) -> Option<Self> {
        let class = |nanos: f64| if nanos < NEAR_BELOW_NANOS { Self::Near } else { Self::Far };
        let steady = before.max(after) <= before.min(after) * STEADY_WITHIN;
        (steady && class(before) == class(after)).then(|| class(before))
    }
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Near => "near",
            Self::Far => "far",
        })
    }
}
