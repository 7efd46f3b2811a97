//! Runs each example and compares what it prints with `examples/expected/<name>.txt`.
//!
//! `BLESS=1 cargo test --test examples` writes the expected files anew, and the README's
//! picture with them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Every example but the main job, whose figures differ from run to run.
const EXAMPLES: [&str; 14] = [
    "backpressure",
    "edge_crossbeam",
    "edge_own_ring",
    "edge_rtrb",
    "errors",
    "fan_out_in",
    "hello",
    "inspect",
    "own_target",
    "shapes",
    "stopping",
    "sync",
    "two_lanes",
    "two_lanes_expanded",
];

/// What needs a feature, and the gate that runs it.
const BEHIND_A_FEATURE: [(&str, &str); 1] = [("tokio_bridge", ".ci/futures.sh")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// Builds the examples beside this test, in its own profile, and says where they are.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        // This test is `<target>/<profile>/deps/examples-<hash>`.
        let me = std::env::current_exe().unwrap();
        let profile = me.ancestors().nth(2).unwrap();
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(root()).args(["build", "--quiet", "--target-dir"]).arg(profile.parent().unwrap());
        if profile.ends_with("release") {
            build.arg("--release");
        }
        build.args(EXAMPLES.iter().flat_map(|name| ["--example", name]));
        let built = build.output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        profile.join("examples")
    })
}

fn run(name: &str, arguments: &[&str]) -> Output {
    Command::new(folder().join(name)).args(arguments).current_dir(root()).output().unwrap()
}

/// Compares with a file of the repository, or writes it.
fn compare(found: &str, file: &str) {
    let path = root().join(file);
    if blessing() {
        fs::write(path, found).unwrap();
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "{file} differs.\n--- expected\n{expected}\n--- found\n{found}\nIf that is meant: BLESS=1 cargo test --test examples"
    );
}

fn check(name: &str, arguments: &[&str]) {
    let output = run(name, arguments);
    let printed = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} ended with {}:\n{printed}\n{errors}", output.status);
    compare(&printed, &format!("examples/expected/{name}.txt"));
}

macro_rules! examples {
    ($($name:ident),* $(,)?) => {
        $(#[test] fn $name() { check(stringify!($name), &[]); })*
    };
}

examples!(
    backpressure,
    edge_crossbeam,
    edge_own_ring,
    edge_rtrb,
    errors,
    fan_out_in,
    hello,
    own_target,
    stopping,
    sync,
    two_lanes,
    two_lanes_expanded
);

#[test]
fn inspect() {
    let drawings = folder().with_file_name("inspect-of-the-test");
    check("inspect", &[drawings.to_str().unwrap()]);
    let names = ["graph.txt", "graph.dot", "graph.mermaid", "graph.json", "graph.svg"];
    for name in names {
        assert!(fs::metadata(drawings.join(name)).unwrap().len() > 100, "{name} is empty");
    }
    compare(&fs::read_to_string(drawings.join("graph.svg")).unwrap(), "docs/graph.svg");
}

#[test]
fn the_twin_prints_the_same() {
    assert_eq!(run("two_lanes", &[]).stdout, run("two_lanes_expanded", &[]).stdout);
}

/// Every example is short, says what to watch for, and is run here.
#[test]
fn examples_keep_their_form() {
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let Some("rs") = path.extension().and_then(|extension| extension.to_str()) else { continue };
        let name = path.file_stem().unwrap().to_str().unwrap();
        match BEHIND_A_FEATURE.iter().find(|(behind, _)| *behind == name) {
            Some((_, gate)) => {
                let runs = fs::read_to_string(root().join(gate)).unwrap();
                assert!(
                    runs.contains(&format!("--example {name}")),
                    "{gate} does not run examples/{name}.rs"
                );
            }
            None => assert!(EXAMPLES.contains(&name), "examples/{name}.rs is not run by tests/examples.rs"),
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.lines().count() <= 80, "examples/{name}.rs has more than 80 lines");
        let comment: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(comment.contains("Watch for"), "examples/{name}.rs does not say what to watch for");
    }
}

/// Every suite is on the page of tests, every example and page in the README.
#[test]
fn the_pages_name_everything() {
    let page = fs::read_to_string(root().join("tests/README.md")).unwrap();
    let suites = fs::read_dir(root().join("tests")).unwrap();
    for suite in suites.map(|entry| entry.unwrap().path()) {
        let name = suite.file_stem().unwrap().to_str().unwrap();
        let named = match (suite.extension(), suite.join("main.rs").exists()) {
            (Some(_), _) => format!("`{name}`"),
            (None, true) => format!("`{name}/`"),
            (None, false) => continue,
        };
        let said = name == "README" || page.contains(&named);
        assert!(said, "tests/README.md does not say what {named} proves");
    }
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for name in EXAMPLES {
        assert!(readme.contains(&format!("examples/{name}.rs")), "README.md does not name `{name}`");
    }
}
