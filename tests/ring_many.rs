//! Rings with several ends and broadcasts against naive queues, on one thread and on several.

#[path = "ring_many/against_model.rs"]
mod against_model;
#[path = "ring_many/drops.rs"]
mod drops;
#[path = "ring_many/threads.rs"]
mod threads;
