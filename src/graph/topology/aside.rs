//! What stands beside the stages of a topology, on a lane of its own that no stage is written for.

/// Something that a stage has on lanes of their own: a shard, or a source that is merged and lives elsewhere.
///
/// Its edges have the places [`EdgePlace::To`](super::EdgePlace::To) and [`EdgePlace::From`](super::EdgePlace::From), with the stage and
/// the number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AsideInfo {
    /// What it is for the stage.
    pub role: AsideRole,
    /// The stage, by its position in the description.
    pub stage: usize,
    /// Its number at that stage, from zero.
    pub number: usize,
    /// What to call it: `shard 0 of 4`.
    pub name: String,
    /// The lane that it is on.
    pub lane: usize,
    /// The segment in which its passes go on.
    pub next: u16,
}

/// What an [aside](AsideInfo) is for its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AsideRole {
    /// One of the shards that it gives its passes to.
    Shard,
    /// One of the sources that it merges.
    Source,
}

impl AsideRole {
    /// The role as one lower-case word, the one that the JSON carries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shard => "shard",
            Self::Source => "source",
        }
    }
}
