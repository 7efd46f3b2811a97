//! Futures, both ways: each rung of the ladder for senders that are awaited, and for futures and streams in graphs.

#[path = "future/awaited.rs"]
mod awaited;
#[path = "future/dropped.rs"]
mod dropped;
#[path = "future/every_sender.rs"]
mod every_sender;
#[path = "future/graph_stream.rs"]
mod graph_stream;
#[path = "future/harness.rs"]
mod harness;
#[path = "future/passes.rs"]
mod passes;
#[path = "future/polled.rs"]
mod polled;
#[path = "future/stages.rs"]
mod stages;
#[path = "future/streams.rs"]
mod streams;
