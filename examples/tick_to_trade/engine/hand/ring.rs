//! Single-producer single-consumer rings, in the two layouts that a good engineer chooses between.

#[path = "ring/indexed.rs"]
pub(super) mod indexed;
#[path = "ring/slotted.rs"]
pub(super) mod slotted;

/// Alone on its cache lines: two, because processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Alone<T>(T);
