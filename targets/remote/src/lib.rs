//! Edges of a [fusewire] graph that leave the process or the machine: over Aeron (feature `aeron`, the default), and between processes of
//! a machine over iceoryx2 (feature `iceoryx2`).
//!
//! ```text
//!  one process, one edge replaced:    then(on(compute).edge(remote("aeron:ipc", 10)))
//!
//!  two processes, or two machines:    process A   read(feed).map(decode).and(push(link.sender()?))
//!                                     process B   recv(link.receiver()?).map(price)
//! ```
//!
//! The engine moves the bytes. This crate adds what
//! an edge of a graph must have, the same over each. Every message carries its stream, its number, and a fingerprint of its type, so a receiver
//! says *exactly* how many values went missing and why ([`Event`]), drops what comes twice, and refuses what is foreign. Back-pressure is
//! the policy's word, as on every other edge. Whoever is killed, sender, receiver or driver, may be started again, and the others go on.
//!
//! A value costs 24 bytes of header beside the engine's own. What is common is in `sender`, `receiver`, `inbox` and `track`; an engine is
//! an `Outlet` and an `Inlet`.
//!
//! Only fusewire's public contract of an edge is used: [`Edge`](fusewire::edge::Edge), [`Push`](fusewire::edge::Push) and
//! [`Pop`](fusewire::edge::Pop).

#[cfg(feature = "aeron")]
mod aeron;
mod error;
mod event;
mod heard;
#[cfg(feature = "iceoryx2")]
mod iceoryx;
mod inbox;
mod inlet;
mod journal;
mod keyed;
mod outlet;
mod policy;
mod post;
mod receiver;
mod sender;
mod tally;
mod terms;
mod track;
mod waiting;
mod wire;

#[cfg(feature = "aeron")]
pub use aeron::{Embedded, Idle, MediaDriver, Remote, RemoteReceiver, RemoteSender, Threads, remote};
pub use error::RemoteError;
pub use event::{Cause, Event, Gap, Refusal};
pub use heard::{Heard, Marked};
#[cfg(feature = "iceoryx2")]
pub use iceoryx::{Iceoryx2, Iceoryx2Receiver, Iceoryx2Sender, Plain, iceoryx2};
pub use keyed::Keyed;
pub use receiver::LinkReceiver;
pub use sender::LinkSender;
pub use tally::RemoteStats;
pub use track::Position;
