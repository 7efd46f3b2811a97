//! What happens to a value for which an edge has no room: one word for each answer.

use super::Spsc;

/// What an edge of kind `K` does with a value for which there is no room.
///
/// A policy may need a different ring than the kind itself: [`Edge`](Self::Edge) says which.
#[diagnostic::on_unimplemented(
    message = "an edge of kind `{K}` has no policy `{Self}`",
    label = "not a policy of this kind of edge",
    note = "help: `Block` is one of every kind; docs/edges.md has the table of kinds and policies"
)]
pub trait Policy<K> {
    /// The description that opens an edge of this kind with this policy.
    type Edge;

    /// The kind with this policy.
    fn of(self, kind: K) -> Self::Edge;
}

/// A kind of edge whose capacity is a number of values.
#[diagnostic::on_unimplemented(
    message = "the capacity of `{Self}` cannot be set here",
    label = "an edge whose capacity was given already",
    note = "help: give the capacity to the edge itself, where it is described"
)]
pub trait Bounded {
    /// Room for at least so many values.
    #[must_use]
    fn with_capacity(self, capacity: usize) -> Self;
}

/// A value stays with the sender, and the upstream lane stops taking new passes until there is room. Nothing is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Block;

/// A value that finds no room is dropped and counted. The values inside stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DropNewest;

/// A value that finds no room takes the place of the oldest one inside, which is dropped and counted. A policy of the kinds
/// with several ends: the sender takes the oldest out as a receiver does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DropOldest;

/// A value that finds no room is given back as [`Pushed::Failed`](super::Pushed::Failed). In a graph the run fails, with an error that names the stage,
/// the edge and its capacity: [`RunError::Edge`](crate::control::RunError::Edge).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Fail;

/// What happens to a value for which the plain ring of [`Spsc`] has no room: a policy that is chosen at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// [`Block`](struct@Block).
    #[default]
    Block,
    /// [`DropNewest`](struct@DropNewest).
    DropNewest,
    /// [`Fail`](struct@Fail).
    Fail,
}

impl Overflow {
    /// Its name, for people to read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::DropNewest => "drop-newest",
            Self::Fail => "fail",
        }
    }

    /// Whether it gives up a value for which there is no room.
    pub(crate) const fn loses(self) -> bool {
        matches!(self, Self::DropNewest | Self::Fail)
    }
}

#[diagnostic::do_not_recommend]
impl<L> Policy<Spsc<L>> for Overflow {
    type Edge = Spsc<L>;

    fn of(self, kind: Spsc<L>) -> Spsc<L> {
        kind.with_overflow(self)
    }
}

/// Implements the policies that the plain ring has.
macro_rules! of_the_ring {
    ($($policy:ident),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<L> Policy<Spsc<L>> for $policy {
                type Edge = Spsc<L>;

                fn of(self, kind: Spsc<L>) -> Spsc<L> {
                    kind.with_overflow(Overflow::$policy)
                }
            }
        )*
    };
}

of_the_ring!(Block, DropNewest, Fail);
