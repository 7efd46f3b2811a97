//! The second file of the graphs of `generated`.

#[path = "generated/graphs_1.rs"]
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
    harness::check(graphs::ALL, 1, 0);
}

#[test]
fn odd_seeds() {
    harness::check(graphs::ALL, 1, 1);
}
