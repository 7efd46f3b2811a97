//! What an arm sends to where the arms meet.

/// What came out of an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came<V, E> {
    /// A value.
    Value(V),
    /// The arm failed.
    Failed(E),
    /// The pass ended in the arm without a value.
    Nothing,
}

/// One pass of an arm, as it lies in the slot of an edge.
///
/// An arm that has a value for every pass sends a `Result`, which for one that cannot fail either
/// is as large as the value. One with a filter sends an `Option` of it: where arms meet, each pass
/// must come out of each arm.
pub trait Slot {
    /// The arm's value.
    type Value;
    /// How the arm fails.
    type Error;

    /// What came.
    fn came(self) -> Came<Self::Value, Self::Error>;
}

impl<V, E> Slot for Result<V, E> {
    type Value = V;
    type Error = E;

    #[inline(always)]
    fn came(self) -> Came<V, E> {
        match self {
            Ok(value) => Came::Value(value),
            Err(error) => Came::Failed(error),
        }
    }
}

impl<V, E> Slot for Option<Result<V, E>> {
    type Value = V;
    type Error = E;

    #[inline(always)]
    fn came(self) -> Came<V, E> {
        match self {
            Some(result) => result.came(),
            None => Came::Nothing,
        }
    }
}
