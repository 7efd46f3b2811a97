//! What happens to a value for which the engine has no room.

use fusewire::edge::{Block, DropNewest, Policy};

use crate::Remote;

/// The policy of a remote edge, as its sender follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Overflow {
    #[default]
    Block,
    DropNewest,
}

impl Overflow {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::DropNewest => "drop-newest",
        }
    }
}

impl Policy<Remote> for Block {
    type Edge = Remote;

    fn of(self, kind: Remote) -> Remote {
        kind.with_overflow(Overflow::Block)
    }
}

impl Policy<Remote> for DropNewest {
    type Edge = Remote;

    fn of(self, kind: Remote) -> Remote {
        kind.with_overflow(Overflow::DropNewest)
    }
}
