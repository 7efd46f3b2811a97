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

/// One mistake is one error, says what to do, and fits a small window.
///
/// A file with several mistakes says how many in its first line.
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
        let mistakes = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("// mistakes: "))
            .map_or(1, |number| number.parse::<usize>().unwrap());
        let Ok(message) = fs::read_to_string(source.with_extension("stderr")) else {
            wrong.push(format!("{name}: no expected message"));
            continue;
        };
        let errors = message.lines().filter(|line| line.starts_with("error")).count();
        let warnings = message.lines().filter(|line| line.starts_with("warning")).count();
        if errors != mistakes || warnings != 0 {
            wrong.push(format!("{name}: {mistakes} mistakes, {errors} errors and {warnings} warnings"));
        }
        let longest =
            message.split("\n\n").map(|error| error.trim_end().lines().count()).max().unwrap_or_default();
        if longest > MOST_LINES {
            wrong.push(format!("{name}: an error of {longest} lines"));
        }
    }
    assert!(checked > 60, "only {checked} files were found in {}", folder.display());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
