//! What the compiler says of a graph that is wrong, one file for each rule, and of graphs that are
//! right though they look unusual.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the expected messages anew.

use std::fs;
use std::path::Path;

#[test]
fn messages_are_as_expected() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}

/// The most lines that one mistake may fill.
const MOST_LINES: usize = 15;

/// Messages that are the compiler's alone, about what is inside of a function or a borrow.
const OF_THE_COMPILER: &[&str] = &[
    "fuse_of_an_unfinished_chain",
    "fuse_of_an_unfinished_closure",
    "kernel_that_calls_a_function",
    "kernel_with_an_unknown_name",
    "kernel_with_an_unknown_type",
    "receiver_completed_twice",
    "stage_that_holds_a_borrow",
    "timer_behind_a_pointer",
    "timers_taken_from_a_context",
    "type_inside_of_a_closure",
    "type_of_a_predicate",
];

/// What a file's first line says of itself.
fn announced(text: &str, what: &str) -> Option<usize> {
    let line = text.lines().next()?.strip_prefix("// ")?.strip_prefix(what)?.strip_prefix(": ")?;
    Some(line.split(',').next()?.parse().unwrap())
}

/// One mistake is one error, says what to do, and fits a small window.
///
/// A file with several mistakes says how many in its first line, `// mistakes: 3`; one whose message
/// is the compiler's and longer, `// lines: 17, why`.
#[test]
fn one_mistake_is_one_short_error() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/fail");
    let mut checked = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let source = entry.unwrap().path();
        if source.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        checked += 1;
        let name = source.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&source).unwrap();
        let mistakes = announced(&text, "mistakes").unwrap_or(1);
        let most = announced(&text, "lines").unwrap_or(MOST_LINES);
        let Ok(message) = fs::read_to_string(source.with_extension("stderr")) else {
            wrong.push(format!("{name}: no expected message"));
            continue;
        };
        let errors = message.lines().filter(|line| line.starts_with("error")).count();
        let warnings = message.lines().filter(|line| line.starts_with("warning")).count();
        if !message.contains("help:") && !OF_THE_COMPILER.contains(&&*name) {
            wrong.push(format!("{name}: no help"));
        }
        if errors != mistakes || warnings != 0 {
            wrong.push(format!("{name}: {mistakes} mistakes, {errors} errors and {warnings} warnings"));
        }
        let longest =
            message.split("\n\n").map(|error| error.trim_end().lines().count()).max().unwrap_or_default();
        if longest > most {
            wrong.push(format!("{name}: an error of {longest} lines"));
        }
    }
    assert!(checked > 60, "only {checked} files were found in {}", folder.display());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
