//! Which stage panicked.

use crate::graph::topology::{GraphDesc, StageDesc};

/// Names the stage whose call it surrounds if the call unwinds.
///
/// Generated code makes one before a stage and forgets it after: the straight path pays nothing.
#[derive(Debug)]
pub struct Guard {
    stage: &'static StageDesc,
}

impl Guard {
    /// Surrounds stage number `index` of `graph`.
    #[inline(always)]
    pub const fn new(graph: &'static GraphDesc, index: usize) -> Self {
        Self { stage: &graph.stages[index] }
    }
}

impl Drop for Guard {
    #[cold]
    fn drop(&mut self) {
        let (file, line) = self.stage.defined.unwrap_or((self.stage.file, self.stage.line));
        crate::panic_site::set_panicking_stage(self.stage.name, file, line);
    }
}
