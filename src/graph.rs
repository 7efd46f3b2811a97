//! What the macro emits into: the parts of a fused graph at run time, and the description of it.

pub mod topology;
