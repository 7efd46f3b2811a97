//! What ends a graph from outside: it connects a sender and starts it.
//!
//! [`for_each`](crate::adaptors::SenderExt::for_each) ends a graph from inside.

mod block_on;
mod brief;
mod detach;
mod spawn;
mod spawn_future;
pub(crate) mod spawned;

pub use block_on::block_on;
pub(crate) use block_on::{Nobody, at_once, completed, resume_panic};
pub use detach::{detach, detach_on};
pub use spawn::{spawn, spawn_on};
pub use spawn_future::{SpawnFuture, SpawnFutureOperation, spawn_future, spawn_future_on};
