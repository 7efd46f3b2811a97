//! Every shape twice: a fused graph, and the loop that a good engineer would write instead of it.
//!
//! All harnesses share this module: the criterion benches, the instruction counts, the count of
//! allocations and the comparison of sizes. A twin does the same job as its graph, stop flag
//! included, and is as fast as its author could make it.

#![allow(dead_code, unreachable_pub, reason = "every harness uses its own part of the shapes")]

pub mod algebra;
pub mod bare;
pub mod broadcast;
pub mod chain;
pub mod device;
pub mod fan;
pub mod fork_join;
pub mod hop;
pub mod once;
pub mod ping_pong;
pub mod pipeline;
pub mod repeat;
pub mod shard;
pub mod sink;
pub mod spawn;
