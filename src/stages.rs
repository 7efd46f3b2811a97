//! Stages with a memory that many graphs want, for [`filter`](crate::adaptors::SenderExt::filter) and
//! [`filter_map`](crate::adaptors::SenderExt::filter_map).
//!
//! Each is a function that makes the stage; in `fuse!` it is part of the loop body, as a closure is. None allocates.

mod changes;
mod skip;
mod throttle;
mod window;

pub use changes::changes;
pub use skip::skip;
pub use throttle::{throttle, throttle_by};
pub use window::window;
