//! Nothing but `src/primitive.rs` names the atomics, so that the model checker sees every one of them.

use std::fs;
use std::path::{Path, PathBuf};

/// The door itself, and the drivers of models, which count from outside with real atomics.
fn is_exempt(name: &str) -> bool {
    name == "primitive.rs" || name.ends_with("/model.rs")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The lines of `text` outside comments that name the atomics of the standard library.
fn offences(text: &str) -> impl Iterator<Item = usize> {
    let names = |line: &str| line.contains("sync::atomic") && !line.trim_start().starts_with("//");
    text.lines().enumerate().filter(move |(_, line)| names(line)).map(|(at, _)| at + 1)
}

#[test]
fn only_sync_names_atomics() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 50, "the sources were not found under {}", src.display());
    let mut found = Vec::new();
    for file in files {
        let name = file.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        if is_exempt(&name) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        // Unit tests count with whatever they like.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        found.extend(offences(code).map(|line| format!("src/{name}:{line}")));
    }
    assert!(found.is_empty(), "use `crate::primitive` instead of the standard atomics at {found:#?}");
}

#[test]
fn an_offence_is_seen() {
    let text = "use std::sync::atomic::AtomicBool;\n// core::sync::atomic in a comment\nuse crate::primitive::fence;\n";
    assert_eq!(offences(text).collect::<Vec<_>>(), [1]);
}
