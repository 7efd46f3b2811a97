//! Which stage panicked.

use crate::graph::topology::{GraphDesc, StageDesc};
use crate::lane::Frame;

/// Names the stage whose call it surrounds if the call unwinds.
///
/// Generated code makes one before a stage and forgets it after: the straight path pays nothing.
#[derive(Debug)]
pub struct Guard {
    graph: &'static GraphDesc,
    index: usize,
}

impl Guard {
    /// Surrounds stage number `index` of `graph`.
    #[inline(always)]
    pub const fn new(graph: &'static GraphDesc, index: usize) -> Self {
        Self { graph, index }
    }
}

/// Makes the guard of one stage. Generated code writes a closure that holds nothing, so that what has it is no larger.
pub trait Guards: Fn() -> Guard + Copy + Send {}

impl<G: Fn() -> Guard + Copy + Send> Guards for G {}

/// Guards nothing: of a stage that no graph draws.
#[cfg(all(test, not(loom)))]
pub(crate) fn unguarded() -> Guard {
    Guard::new(crate::graph::topology::Topology::opaque().desc, usize::MAX)
}

impl Drop for Guard {
    #[cold]
    fn drop(&mut self) {
        let Some(stage) = self.graph.stages.get(self.index) else { return };
        let (file, line) = stage.defined.unwrap_or((stage.file, stage.line));
        crate::panic_site::note_stage(stage.name, file, line, || chain(self.graph, self.index));
    }
}

/// The stages that a pass has gone through when it is in stage number `index`, that one last: those before it on its own path of arms.
pub(crate) fn chain(graph: &GraphDesc, index: usize) -> Vec<Frame> {
    let Some(last) = graph.stages.get(index) else { return Vec::new() };
    let before = graph.stages.iter().take(index + 1).filter(|stage| last.arm.starts_with(stage.arm));
    before.map(frame).collect()
}

/// A stage, as reports name it.
pub(crate) const fn frame(stage: &StageDesc) -> Frame {
    Frame { combinator: stage.combinator, stage: stage.name, file: stage.file, line: stage.line }
}
