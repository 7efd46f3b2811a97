//! Plain and fused are one meaning, for graphs that nobody wrote: arms and joins that hop, filter, fail, are
//! mended and wait, stages with a memory, devices, and adaptors round whole chains, in `block_on` and in an engine, to their end
//! and stopped in the middle.
//!
//! Seed by seed `generated/random` makes a graph as data. `generated/text` writes it as a chain in `fuse!`, which is
//! compiled from `generated/graphs_*.rs`; `generated/plain` builds the same of plain senders at run time. So a graph is compiled
//! once, and what it is compared to costs the compiler nothing. What differs is reported with its seed and its text.
//!
//! This program has the first file of the graphs, `generated_second` and those after it have the others: a file is what
//! rustc compiles in reasonable time and memory.

#[path = "generated/graphs_0.rs"]
mod graphs;
#[path = "generated/harness.rs"]
mod harness;
#[path = "generated/plain.rs"]
mod plain;
#[path = "generated/random.rs"]
#[allow(dead_code, reason = "shared with `generated_text`")]
mod random;
#[path = "generated/text.rs"]
#[allow(dead_code, reason = "shared with `generated_text`")]
mod text;

#[test]
fn even_seeds() {
    harness::check(graphs::ALL, 0, 0);
}

#[test]
fn odd_seeds() {
    harness::check(graphs::ALL, 0, 1);
}
