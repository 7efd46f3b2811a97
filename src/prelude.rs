//! The names that a graph is written with: `use fusewire::prelude::*;`.

pub use crate::adaptors::{SenderExt, join};
pub use crate::completion::{Completion, Never, NoValue, StopReason};
pub use crate::consumers::block_on;
pub use crate::graph::Graph;
pub use crate::net::{accept, read, send};
pub use crate::on::{Overflow, on};
pub use crate::sender::Sender;
pub use crate::source::{Source, Taken};
pub use crate::sources::{
    after, every, from_fn, from_iter, just, just_error, just_stopped, poll_fn, recv, source,
};
pub use crate::stage::Stage;
pub use fusewire_macros::{fuse, stage};
