//! `docs/std-execution.md` and the code say the same: every public combinator has a row, and every row is true.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const TABLE: &str = "docs/std-execution.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A row of the table, and the line it stands on.
#[derive(Debug)]
struct Row {
    line: usize,
    theirs: BTreeSet<String>,
    ours: BTreeSet<String>,
    plain: String,
    fused: String,
    tested: String,
    documented: String,
    differs: String,
    missing: bool,
}

/// The words between backticks.
fn names(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn rows_of(table: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (at, line) in table.lines().enumerate() {
        let protected = line.replace("\\|", "\u{1}");
        let cells: Vec<String> = protected.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect();
        if cells.len() < 3 || cells[1] == "theirs" || cells[1].starts_with("---") {
            continue;
        }
        let [_, theirs, ours, plain, fused, tested, documented, differs, _] = &cells[..] else {
            panic!("{TABLE}:{}: {} cells, not 7", at + 1, cells.len() - 2);
        };
        rows.push(Row {
            line: at + 1,
            theirs: names(theirs),
            ours: names(ours),
            plain: plain.clone(),
            fused: fused.clone(),
            tested: tested.clone(),
            documented: documented.clone(),
            differs: differs.clone(),
            missing: ours == "missing",
        });
    }
    rows
}

/// Every `.rs` file below a folder, as one text.
fn sources(below: &str) -> String {
    let mut folders = vec![root().join(below)];
    let mut whole = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let path: PathBuf = entry.expect("an entry of a folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                whole.push_str(&text(path));
            }
        }
    }
    whole
}

/// What a suite says to the compiler: `tests/{suite}.rs` and what lies below `tests/{suite}/`, or a module of the library beside its
/// tests, without comments and strings.
fn suite(name: &str) -> Option<String> {
    let path = if name.starts_with("src/") { name.to_owned() } else { format!("tests/{name}") };
    let mut whole = fs::read_to_string(root().join(format!("{path}.rs"))).unwrap_or_default();
    if root().join(&path).is_dir() {
        whole.push_str(&sources(&path));
    }
    (!whole.is_empty()).then(|| code_of(&whole))
}

/// A text without its line comments and what stands between quotes in a line.
fn code_of(text: &str) -> String {
    let code = |line: &str| {
        let line = line.split_once("//").map_or(line, |(code, _)| code);
        line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
    };
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// The identifiers of a text.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect()
}

/// The methods that a trait adds to every sender.
fn methods(file: &str) -> Vec<String> {
    let text = text(file);
    let body = text.split_once("\npub trait ").expect("an extension trait").1;
    let body = body.split_once("\n}").expect("the end of the trait").0;
    let starts = body.lines().filter_map(|line| line.strip_prefix("    fn "));
    let name = |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned);
    starts.filter_map(name).collect()
}

/// The functions that a module hands on.
fn functions(file: &str) -> Vec<String> {
    let text = text(file);
    let uses = text.split("\npub use ").skip(1).filter_map(|rest| rest.split_once(';'));
    let names = uses.flat_map(|(list, _)| {
        let list = list.split_once("::").map_or(list, |(_, list)| list);
        list.trim_matches(['{', '}', '\n', ' '])
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect::<Vec<_>>()
    });
    names.filter(|name| name.chars().next().is_some_and(char::is_lowercase)).collect()
}

/// Every combinator that a user can write.
fn combinators() -> Vec<String> {
    let mut all = methods("src/adaptors.rs");
    all.extend(methods("src/adaptors/outcome.rs"));
    all.extend(methods("src/adaptors/bulk.rs"));
    for file in ["adaptors", "sources", "consumers", "future", "stages", "sync"] {
        all.extend(functions(&format!("src/{file}.rs")));
    }
    all
}

/// Those of `wanted` that no row has in the column `ours`.
fn without_a_row<'a>(wanted: &'a [String], rows: &[Row]) -> Vec<&'a str> {
    wanted
        .iter()
        .map(String::as_str)
        .filter(|name| !rows.iter().any(|row| row.ours.contains(*name)))
        .collect()
}

#[test]
fn every_public_combinator_has_a_row() {
    let (all, rows) = (combinators(), rows_of(&text(TABLE)));
    for known in ["map", "retry_when", "just", "block_on", "when_any", "from_stream", "oneshot"] {
        assert!(all.iter().any(|name| name == known), "the search for combinators misses `{known}`");
    }
    let without = without_a_row(&all, &rows);
    assert!(without.is_empty(), "{TABLE} has no row for {without:?}; add one, in the column `ours`");
}

#[test]
fn a_combinator_without_a_row_is_found() {
    let rows = rows_of(&text(TABLE));
    let wanted = ["map".to_owned(), "jump".to_owned()];
    assert_eq!(without_a_row(&wanted, &rows), ["jump"]);
}

/// Adaptors that are not described in `tests/protocol/both.rs`, because what they make is not one completion for one of the sender
/// before, or because they need a clock, a context or lanes of their own or replace the facts: the suites in which they climb, the first
/// plain, the second fused.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("then", "protocol/hop", "differential"),
    ("join", "protocol/arms", "differential"),
    ("broadcast", "protocol/arms", "shapes/broadcast"),
    ("broadcast3", "protocol/arms", "shapes/broadcast"),
    ("broadcast4", "protocol/arms", "shapes/broadcast"),
    ("shard", "shapes/shard", "shapes/shard"),
    ("shard_unordered", "shapes/shard", "shapes/shard"),
    ("batch", "protocol/batch", "differential"),
    ("repeat", "protocol/repeat", "repeat"),
    ("into_task", "task", "task"),
    ("timeout", "protocol/race", "differential"),
    ("deadline", "protocol/race", "protocol/both"),
    ("stop_when", "protocol/race", "differential"),
    ("merge_each", "protocol/merge_each", "differential"),
    ("debounce", "protocol/debounce", "differential"),
    ("with_stop", "protocol/outcome", "protocol/both"),
    ("unstoppable", "protocol/outcome", "differential"),
];

/// The adaptors of the list in `tests/protocol/both.rs`.
fn described(both: &str) -> BTreeSet<&str> {
    let list = both.split_once("\ndescribed! {").expect("the list of descriptions").1;
    list.lines()
        .filter_map(|line| line.strip_prefix("    ")?.split_once(": [").map(|(name, _)| name))
        .collect()
}

#[test]
fn every_adaptor_is_described_for_plain_and_fused() {
    let both = text("tests/protocol/both.rs");
    let described = described(&both);
    assert!(described.contains("map"), "the search for descriptions finds nothing");
    let adaptors: Vec<String> = ["adaptors", "adaptors/outcome", "adaptors/bulk"]
        .iter()
        .flat_map(|file| methods(&format!("src/{file}.rs")))
        .collect();
    let mut wrong = Vec::new();
    for name in &adaptors {
        let elsewhere = ELSEWHERE.iter().find(|(known, ..)| known == name);
        match elsewhere {
            None if described.contains(name.as_str()) => {}
            None => wrong.push(format!(
                "`{name}` has no description: add one to tests/protocol/both.rs, or say in ELSEWHERE where it climbs"
            )),
            Some(_) if described.contains(name.as_str()) => wrong.push(format!("`{name}` is described, and elsewhere")),
            Some((_, plain, fused)) => {
                for at in [plain, fused] {
                    if !suite(at).is_some_and(|code| [".NAME(", ".NAME::"].iter().any(|call| code.contains(&call.replace("NAME", name)))) {
                        wrong.push(format!("tests/{at} does not call `.{name}(..)`"));
                    }
                }
            }
        }
    }
    let gone = ELSEWHERE.iter().map(|(name, ..)| *name).chain(described.iter().copied());
    wrong.extend(
        gone.filter(|name| !adaptors.iter().any(|known| known == name))
            .map(|name| format!("nothing is called `{name}`")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_row_says_is_true() {
    let code = sources("src") + &sources("macros/src");
    let (known, catalogue) = (words(&code), text("macros/src/catalogue.rs"));
    let (stages, wrapping) = catalogue.split_once("const WRAPPING").expect("the list of what wraps");
    let wrapping = wrapping.split_once("];").expect("its end").0;
    let begins: Vec<String> = ["sources", "adaptors", "future", "sync", "net"]
        .iter()
        .flat_map(|file| functions(&format!("src/{file}.rs")))
        .collect();
    let mut wrong = Vec::new();
    for row in rows_of(&text(TABLE)) {
        let mut says = |what: String| wrong.push(format!("{TABLE}:{}: {what}", row.line));
        if row.ours.is_empty() {
            if row.differs.is_empty() && !row.missing {
                says("there is no counterpart, and no reason".to_owned());
            }
            continue;
        }
        if row.plain != "yes" {
            says(format!("plain is {:?}", row.plain));
        }
        for name in row.ours.iter().filter(|name| !known.contains(name.as_str())) {
            says(format!("nothing is called `{name}`"));
        }
        let given = row.documented == "stages";
        let listed = |list: &str| given || row.ours.iter().any(|name| list.contains(&format!("\"{name}\"")));
        let holds = match row.fused.as_str() {
            "stage" | "arm" => listed(stages),
            "wraps" => listed(wrapping),
            "source" => {
                row.ours.iter().any(|name| begins.contains(name) || name.starts_with(char::is_uppercase))
            }
            "hop" => row
                .ours
                .iter()
                .any(|name| ["then", "on"].contains(&name.as_str()) || name.starts_with(char::is_uppercase)),
            "whole" | "-" => true,
            _ => false,
        };
        if !holds {
            says(format!("the macro does not know {:?} as {:?}", row.ours, row.fused));
        }
        let mut tests = String::new();
        for at in row.tested.split(", ") {
            match suite(at) {
                // Beside the code, where it is private to the crate.
                Some(code) if at.starts_with("src/") && !code.contains("#[test]") => {
                    says(format!("{at} has no test"))
                }
                Some(code) => tests.push_str(&code),
                None => says(format!("there is no suite {at}")),
            }
        }
        // A function is called in a test; of the types that come with it one is enough, as most are never written.
        let (functions, types): (Vec<_>, Vec<_>) =
            row.ours.iter().partition(|name| name.starts_with(char::is_lowercase));
        let tested = words(&tests);
        for name in functions.iter().filter(|name| !tested.contains(name.as_str())) {
            says(format!("{} does not use `{name}`", row.tested));
        }
        if functions.is_empty() && !types.iter().any(|name| tested.contains(name.as_str())) {
            says(format!("{} names none of {types:?}", row.tested));
        }
        let module = row.documented.replace("::", "/");
        if !["", "/mod"].iter().any(|end| root().join(format!("src/{module}{end}.rs")).exists()) {
            says(format!("there is no module `{}`", row.documented));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Compares with the list of names that the rival's own documentation has, where that lies beside the project.
#[test]
fn every_name_of_theirs_has_a_row() {
    let shared = std::env::var_os("FUSEWIRE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let Ok(inventory) = fs::read_to_string(shared.join("peers/stdexec.md")) else {
        eprintln!(
            "SKIPPED: {}: the inventory of stdexec is not there",
            shared.join("peers/stdexec.md").display()
        );
        return;
    };
    let rows = rows_of(&text(TABLE));
    let have: BTreeSet<&str> = rows.iter().flat_map(|row| row.theirs.iter().map(String::as_str)).collect();
    let section = inventory.split_once("\n## 1.").expect("its first section").1;
    let section = section.split_once("### 1.11").expect("what follows the inventory").0;
    let mut without = Vec::new();
    for line in section.lines().filter(|line| line.starts_with("| ")) {
        let line = line.replace("\\|", "\u{1}");
        let first = line.split('|').nth(1).expect("the first cell").replace('\u{1}', "|");
        for name in names(&first).iter().flat_map(|name| spelled(name)) {
            if !have.contains(name.as_str()) {
                without.push(name);
            }
        }
    }
    assert!(without.is_empty(), "{TABLE} has no row for {without:?}; add them, in the column `theirs`");
}

/// The plain names in one that is written with its parameters, or with what varies: `a(_b)`; of `v0/v1::a` the last.
fn spelled(name: &str) -> Vec<String> {
    if name == "|" {
        return vec![name.to_owned()];
    }
    // A family, a keyword of C++ and a header are no names.
    if name.ends_with('*') || name.starts_with("co_y") || name.ends_with(".hpp") {
        return Vec::new();
    }
    let optional = name.find("(_").filter(|_| name.ends_with(')'));
    let stem = |name: &str| {
        let bare = name.split(['(', '<', '{', '[']).next().unwrap_or("").trim();
        let bare = bare.rsplit("::").next().unwrap_or(bare);
        bare.trim_start_matches("s | ").to_owned()
    };
    match optional {
        Some(at) => {
            let end = &name[at + 1..name.len() - 1];
            vec![stem(&name[..at]), stem(&format!("{}{end}", &name[..at]))]
        }
        None => name.rsplit('/').take(1).map(stem).filter(|name| !name.is_empty()).collect(),
    }
}
