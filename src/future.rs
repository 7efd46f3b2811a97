//! Futures, both ways: a sender is awaitable, and what is asynchronous elsewhere is part of a graph.
//!
//! | from | to | by |
//! |---|---|---|
//! | a sender | a `Future` of one pass | `sender.await`, [`future`](AsFuture::future) |
//! | a sender | a `Stream` of its passes, made as it is polled | [`passes`](AsFuture::passes) |
//! | a `Future` | a source, or a stage by `and(..)` | [`from_future`], [`try_future`] |
//! | a `Stream` | a source | [`from_stream`] |
//! | a running graph | a `Future` of its end | `engine.run(graph)?.await`, [`Joined`] |
//! | a running graph's output | a `Stream`, with back-pressure | [`into_stream`] |
//! | a `Sink` | a consumer | `into_sink` (feature `futures`) |
//! | an `AsyncRead`, an `AsyncWrite` | a source of frames, a consumer | `read_frames`, `write_frames` (feature `tokio` or `futures`) |
//! | a task of a tokio runtime | a context | `tokio::context` (feature `tokio`), or [`Polled`](crate::context::polled::Polled) on any executor |
//! | a tokio UDP socket | a source, a consumer | `tokio::datagrams`, `tokio::send_datagrams` (feature `tokio`) |

mod as_future;
pub(crate) mod awaitable;
#[cfg(any(feature = "futures", feature = "tokio"))]
mod frames;
mod from_future;
mod from_stream;
mod handover;
mod into_stream;
mod joined;
mod pass;
mod passes;
mod polling;
mod seat;
mod sender_future;
#[cfg(feature = "futures")]
mod sink;
mod slot;
#[cfg(feature = "tokio")]
pub mod tokio;
mod waking;
mod word;

pub use as_future::AsFuture;
#[cfg(any(feature = "futures", feature = "tokio"))]
pub use frames::{Frames, ReadBytes, SendFrame, WriteBytes};
pub use from_future::{FromFuture, Once, Outcome, Tried, Whole, from_future, try_future};
pub use from_stream::{FromStream, Items, from_stream};
pub use into_stream::{GraphStream, Outlet, Push, into_stream};
pub use joined::Joined;
pub use passes::Passes;
pub use polling::{PollOperation, Polls};
pub use sender_future::SenderFuture;
#[cfg(feature = "futures")]
pub use sink::{FuturesIo, ToSink, into_sink, read_frames, write_frames};
