//! The file of the graphs of `generated` that have values in other orders, at several ends, lost on the way, and cycles.

#[path = "generated/graphs_5.rs"]
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
    harness::check(graphs::ALL, 5, 0);
}

#[test]
fn odd_seeds() {
    harness::check(graphs::ALL, 5, 1);
}
