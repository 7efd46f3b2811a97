//! Futures, both ways: a sender is awaitable, and what is asynchronous elsewhere is part of a graph.
//!
//! | from | to | by |
//! |---|---|---|
//! | a sender | a `Future` of one pass | `sender.await`, [`future`](AsFuture::future) |
//! | a sender | a `Stream` of its passes, made as it is polled | [`passes`](AsFuture::passes) |
//! | a `Future` | a source, or a stage by `and(..)` | [`from_future`], [`try_future`] |
//! | a `Stream` | a source | [`from_stream`] |

mod as_future;
mod awaitable;
mod from_future;
mod from_stream;
mod handover;
mod pass;
mod passes;
mod polling;
mod seat;
mod sender_future;
mod waking;
mod word;

pub use as_future::AsFuture;
pub use from_future::{FromFuture, Once, Outcome, Tried, Whole, from_future, try_future};
pub use from_stream::{FromStream, Items, from_stream};
pub use passes::Passes;
pub use polling::{PollOperation, Polls};
pub use sender_future::SenderFuture;
