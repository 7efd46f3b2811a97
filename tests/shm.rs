//! Rings between processes: what crosses, who is let in, what a killed process leaves, and that nothing in the memory is believed.
//!
//! The children are this same program, started again with `FUSEWIRE_SHM_CHILD` set: see `child`.

#![cfg(target_os = "linux")]

#[path = "support/shm.rs"]
mod support;

#[path = "shm/c.rs"]
mod c;
#[path = "shm/ends.rs"]
mod ends;
#[path = "shm/graph.rs"]
mod graph;
#[path = "shm/hostile.rs"]
mod hostile;
#[path = "shm/killed.rs"]
mod killed;
#[path = "shm/runs.rs"]
mod runs;
