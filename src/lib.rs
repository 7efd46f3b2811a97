//! fusewire: typed graphs, fused at compile time into one loop body per pinned core.
//!
//! The crate's guide is being written with it; see `DESIGN` in the repository.

#![warn(clippy::disallowed_types)]

// Generated code names this crate by its own name, also inside of it.
extern crate self as fusewire;

#[doc(hidden)]
pub mod __private;
pub mod adaptors;
pub mod affinity;
pub mod batch;
pub mod completion;
pub mod conformance;
pub mod consumers;
pub mod context;
pub mod control;
pub mod edge;
pub mod engine;
pub mod env;
pub mod graph;
pub mod inspect;
pub mod lane;
pub mod launch;
pub mod loan;
pub mod net;
pub mod on;
pub(crate) mod opaque;
pub mod operation;
pub mod panic_site;
pub mod prelude;
pub mod receiver;
pub mod ring;
pub mod sender;
#[cfg(unix)]
pub mod signal;
pub mod source;
pub mod sources;
pub mod stage;
pub mod stop;
pub(crate) mod sync;
pub mod task;
pub mod wait;

pub use fusewire_macros::{fuse_fn as fuse, stage};
