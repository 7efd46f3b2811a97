//! The file of the graphs of `generated` that have shards, sources that are merged, and edges that spill.

#[path = "generated/graphs_4.rs"]
mod graphs;
#[path = "generated/harness.rs"]
mod harness;
#[path = "generated/plain.rs"]
mod plain;
#[path = "generated/random.rs"]
#[allow(dead_code, reason = "shared with `generated`")]
mod random;
#[path = "generated/text.rs"]
#[allow(dead_code, reason = "shared with `generated`")]
mod text;

#[test]
fn even_seeds() {
    harness::check(graphs::ALL, 4, 0);
}

#[test]
fn odd_seeds() {
    harness::check(graphs::ALL, 4, 1);
}
