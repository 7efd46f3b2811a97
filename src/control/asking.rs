//! Where the lanes of a running graph stand, told when somebody asks.

use super::question::Question;
use crate::context::ContextId;

/// Where one lane stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Where the lane runs.
    pub(crate) context: ContextId,
    /// Values that it has taken.
    pub(crate) taken: u64,
    /// Passes that have completed in it.
    pub(crate) completed: u64,
    /// Of each of its asynchronous stages, in the order of the chain, whether a pass waits in it.
    pub(crate) awaits: Vec<bool>,
}

/// The question where a lane stands.
pub(crate) type Asking = Question<Standing>;
