//! Plain and fused are one meaning, for graphs that nobody wrote: arms and joins that hop, filter, fail, are
//! mended and wait, stages with a memory, devices, and adaptors round whole chains, in `block_on` and in an engine, to their end
//! and stopped in the middle.
//!
//! Seed by seed `generated/random` makes a graph as data. `generated/text` writes it as a chain in `fuse!`, which is
//! compiled from `generated/graphs_*.rs`; `generated/plain` builds the same of plain senders at run time. So a graph is compiled
//! once, and what it is compared to costs the compiler nothing. What differs is reported with its seed and its text.
//!
//! This program has the first quarter of the graphs, `generated_second` and those after it have the others: a quarter is what
//! rustc compiles in reasonable time and memory.

#[path = "generated/graphs_0.rs"]
mod graphs;
#[path = "generated/harness.rs"]
mod harness;
#[path = "generated/plain.rs"]
mod plain;
#[path = "generated/random.rs"]
mod random;
#[path = "generated/text.rs"]
mod text;

#[test]
fn even_seeds() {
    harness::check(graphs::ALL, 0, 0);
}

#[test]
fn odd_seeds() {
    harness::check(graphs::ALL, 0, 1);
}

#[test]
fn the_graphs_are_those_of_their_seeds() {
    for number in 0..random::GRAPHS / random::IN_A_FILE {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/generated");
        let path = format!("{folder}/graphs_{number}.rs");
        let text = text::file(number);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written == text, "`BLESS=1 cargo test --test generated` writes {path} anew");
    }
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
