//! The graphs of `generated` are those of their seeds, and have every kind of operation.

#[path = "generated/random.rs"]
#[allow(dead_code, reason = "shared with `generated`")]
mod random;
#[path = "generated/text.rs"]
mod text;

#[test]
fn the_graphs_are_those_of_their_seeds() {
    for number in 0..random::FILES {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/generated");
        let path = format!("{folder}/graphs_{number}.rs");
        let text = text::file(number);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written == text, "`BLESS=1 cargo test --test generated_text` writes {path} anew");
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
            if !root && Op::at_root_alone(name) {
                continue;
            }
            let place = if root { "at the root" } else { "in an arm or a side" };
            assert!(found.contains_key(&(root, name)), "no `{name}` {place}: {found:?}");
        }
    }
}
