//! What `#[stage]` makes of a function.

/// A named function of a graph.
///
/// `#[stage] fn price(..)` leaves the function as it is, to be called and to be passed to a
/// combinator, and adds a zero-sized type of the same name that implements this trait. `fuse!`
/// finds the type by the name of the function.
pub trait Stage {
    /// The function's name.
    const NAME: &'static str;
    /// The file that defines it.
    const FILE: &'static str;
    /// The line of its name.
    const LINE: u32;
    /// [`Blocks`] for `#[stage(blocking)]`, else [`DoesNotBlock`].
    type Blocking;
    /// Whether it is a `#[stage(kernel)]`.
    const KERNEL: bool;
}

/// [`Stage::Blocking`] of a stage that may block.
#[derive(Debug, Clone, Copy)]
pub struct Blocks;

/// [`Stage::Blocking`] of a stage that does not block.
#[derive(Debug, Clone, Copy)]
pub struct DoesNotBlock;
