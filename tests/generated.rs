//! Plain and fused are one meaning, for graphs that nobody wrote: arms and joins that hop, filter, fail, are
//! mended and wait, in `block_on` and in an engine.
//!
//! Seed by seed `generated/random` makes a graph as data. `generated/text` writes it as a chain in `fuse!`, which is
//! compiled from `generated/graphs.rs`; `generated/plain` builds the same of plain senders at run time. So a graph is compiled
//! once, and what it is compared to costs the compiler nothing. What differs is reported with its seed and its text.

#[path = "generated/graphs.rs"]
mod graphs;
#[path = "generated/harness.rs"]
mod harness;
#[path = "generated/plain.rs"]
mod plain;
#[path = "generated/random.rs"]
mod random;
#[path = "generated/text.rs"]
mod text;

/// The graphs whose seeds leave `rest` when divided by four.
fn check(rest: usize) {
    let mut checked = 0;
    for (seed, fused) in graphs::ALL.iter().enumerate().skip(rest).step_by(4) {
        fused.check(seed as u64);
        checked += 1;
    }
    assert_eq!(checked * 4, random::GRAPHS);
}

#[test]
fn first_quarter() {
    check(0);
}

#[test]
fn second_quarter() {
    check(1);
}

#[test]
fn third_quarter() {
    check(2);
}

#[test]
fn last_quarter() {
    check(3);
}

#[test]
fn the_graphs_are_those_of_their_seeds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/generated/graphs.rs");
    let text = text::file();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    assert!(written == text, "`BLESS=1 cargo test --test generated` writes {path} anew");
    assert_eq!(graphs::ALL.len() as u64, random::GRAPHS);
}

#[test]
fn the_graphs_have_every_kind_of_operation() {
    use random::{Op, Place};
    let mut found = std::collections::BTreeMap::new();
    for seed in 0..random::GRAPHS {
        random::graph(seed).each(&mut |place, op| {
            *found.entry((place == Place::Root, op.name())).or_insert(0) += 1;
        });
    }
    for name in Op::NAMES {
        for root in [true, false] {
            let place = if root { "at the root" } else { "in an arm or a side" };
            assert!(found.contains_key(&(root, name)), "no `{name}` {place}: {found:?}");
        }
    }
}
