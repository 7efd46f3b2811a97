//! What an edge says of itself.

use std::borrow::Cow;

/// What an edge is, for people to read. Made by [`Edge::describe`](super::Edge::describe) and shown by
/// [`inspect`](crate::inspect).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Described {
    /// One word: `spsc`, `mpmc`, `shm`.
    pub kind: Cow<'static, str>,
    /// Which one it is, where others can find it: the file of a ring between processes, the address of a peer. Empty if there is
    /// nothing to find.
    pub name: Cow<'static, str>,
    /// What happens to a value for which there is no room, in a word: `block`, `drop-newest`.
    pub policy: Cow<'static, str>,
    /// Whether the policy gives up values: then the edge cannot be one of arms that meet value by value.
    pub lossy: bool,
    /// How many values it holds at most; zero if there is no such number.
    pub capacity: usize,
    /// The bytes that each value takes, its part of sequence number and padding included: the size of a slot, or, where several values
    /// share a line, a part of that, rounded up. Zero if it is not known.
    pub slot_bytes: usize,
    /// How the slots lie, in a word: `in-slot`, `indexed`; empty if there is nothing to say.
    pub layout: Cow<'static, str>,
    /// Why they lie so.
    pub reason: Cow<'static, str>,
}

impl Described {
    /// An edge of this kind that blocks when it is full, and of which nothing else is known.
    pub fn new(kind: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: kind.into(),
            name: Cow::Borrowed(""),
            policy: Cow::Borrowed("block"),
            lossy: false,
            capacity: 0,
            slot_bytes: 0,
            layout: Cow::Borrowed(""),
            reason: Cow::Borrowed(""),
        }
    }

    /// States which one it is, where others can find it.
    #[must_use]
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// States the policy, and whether it loses values.
    #[must_use]
    pub fn policy(self, policy: impl Into<Cow<'static, str>>, lossy: bool) -> Self {
        Self { policy: policy.into(), lossy, ..self }
    }

    /// States how many values it holds at most.
    #[must_use]
    pub fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// States how the slots lie: their size, a word for it, and the reason.
    #[must_use]
    pub fn layout(
        self,
        slot_bytes: usize,
        layout: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { slot_bytes, layout: layout.into(), reason: reason.into(), ..self }
    }
}
