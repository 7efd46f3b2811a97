//! The names that a graph is written with: `use fusewire::prelude::*;`.

pub use crate::adaptors::{
    BulkExt, OutcomeExt, SenderExt, join, merge, merge_by_priority, merge3, merge4, when_all, when_all3,
    when_all4, when_any,
};
pub use crate::completion::{Completion, Never, NoValue, StopReason};
pub use crate::consumers::block_on;
pub use crate::edge::{Block, Conflate, DropNewest, DropOldest, Fail, Spill, push};
pub use crate::future::{AsFuture, from_future, from_stream};
pub use crate::graph::Graph;
pub use crate::net::{accept, read, send};
pub use crate::on::{Overflow, on};
pub use crate::sender::Sender;
pub use crate::source::{Source, Taken};
pub use crate::sources::{
    after, at, defer, every, from_fn, from_iter, just, just_error, just_stopped, never, poll_fn, read_env,
    recv, source,
};
pub use crate::stage::Stage;
pub use fusewire_macros::stage;

/// Fuses a chain of senders into a graph: one machine for one pass, one loop body per context.
///
/// The chain is ordinary Rust that also compiles without the macro and then means the same. Every
/// run of synchronous stages becomes straight-line code; every `then(on(..))` to another context
/// becomes an edge; a hop to where the pass already is vanishes.
///
/// **Completes** as the plain chain does: see each [adaptor](crate::adaptors::SenderExt).
/// **Runs on** the source's own context, or where it is started, and behind each hop on the hop's
/// context. **Costs** at run time what the stages cost; see [`Fused`](crate::graph::Fused).
///
/// | kind | what may stand in the chain |
/// |---|---|
/// | beginning | any source, or any other sender as a whole: a function that returns one, `just(x)` |
/// | synchronous | `map` `try_map` `filter` `filter_map` `scan` `inspect_value` `map_err` `batch::<N>` |
/// | suspension | `then(on(..))` `and` `or_else` |
/// | branches | `fork` `fork3` `fork4` `broadcast` `broadcast3` `broadcast4` `route` `shard` `shard_unordered` `join` |
/// | repetition | `repeat(n)`, of the synchronous stages before it |
/// | end | `for_each`, and any `broadcast` |
/// | wrapping | the rest of [`SenderExt`] and all of [`OutcomeExt`] and [`BulkExt`]: `bulk`, `repeat_until`, `upon_stopped`, `upon_error`, `retry`, `finally`, .. |
///
/// An arm of `fork` or `route` that is written `|x| just(x).map(..)` is fused with the rest: its synchronous stages into the loop
/// body, its hops as lanes of their own, which meet again pass by pass. So is the operand of `join`, which is any source with a
/// chain behind it. Only what has to be one sender, an arm with `repeat` or with a `join` of what waits, runs as one
/// asynchronous stage, of which one pass is under way at a time.
///
/// A link that wraps takes the chain before it as one machine, of which one pass is under way at a
/// time: a hop before it is a suspension, and no lane.
///
/// Closures that capture want `move`, as with a thread. What crosses a hop must be `Send`.
///
/// # Errors
///
/// Mistakes are reported at compile time, at the token in question and with a `help:` line: an
/// unknown combinator, a `#[stage(blocking)]` on a context that never blocks, a value that is not
/// `Send` at a hop, a chain without a source or with stages behind its end.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let graph = fuse! {
///     just(20)
///         .map(|n| n + 1)
///         .fork(|n| just(n), |n| just(n).map(|n| n * 2))
///         .map(|(once, twice)| once + twice)
/// };
/// assert_eq!(block_on(graph), Completion::Value(63));
/// ```
pub use fusewire_macros::fuse;
