//! What the latency benches share: two pinned threads that run contenders in short alternating
//! slices, each bracketed by a raw ping-pong, so that figures of different moments are comparable.

pub(crate) mod clock;
pub(crate) mod duel;
pub(crate) mod pin;
pub(crate) mod placement;
pub(crate) mod raw;
pub(crate) mod samples;
pub(crate) mod table;
