//! The ring against a naive queue, on one thread and on two, for every layout.

#[path = "ring/against_model.rs"]
mod against_model;
#[path = "ring/contract.rs"]
mod contract;
#[path = "ring/drops.rs"]
mod drops;
#[path = "ring/payload.rs"]
mod payload;
#[path = "ring/two_threads.rs"]
mod two_threads;
