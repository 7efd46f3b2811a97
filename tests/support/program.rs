//! The program whose functions are counted and disassembled.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds `benches/instructions.rs`, optimised, and says where it is.
pub(crate) fn build() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["bench", "--bench", "instructions", "--no-run"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&built.stderr);
    let path = said.lines().find_map(|line| line.trim().strip_prefix("Executable")?.split(['(', ')']).nth(1));
    let path = path.unwrap_or_else(|| panic!("cargo built nothing: {said}"));
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
