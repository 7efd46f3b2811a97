//! What the drawings of a graph look like, and that they are well formed whatever the graph is called.
//!
//! `BLESS=1 cargo test --test inspect` writes the files under `golden/`; review them as a difference.

mod any;
mod device;
mod fan;
mod formats;
mod golden;
mod graphs;
mod shapes;
mod svg;
