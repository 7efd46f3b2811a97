//! The pure chain compiles to what a good engineer would have written: the same code, line by line.
//!
//! `benches/instructions.rs` holds one pass of eight stages twice, fused and by hand. Both are
//! disassembled and compared with each other, on every machine, and with the listing beside the
//! bench, on the compiler that made it. `BLESS=1 cargo test --test codegen` writes that listing.

#[path = "support/program.rs"]
mod program;

use std::path::Path;
use std::process::Command;

/// The first line of the listing: what it was made by.
fn compiler() -> String {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let line = |name: &str| {
        let found = version.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or("unknown").trim().to_owned()
    };
    format!("# rustc {}, LLVM {}, {}", line("release:"), line("LLVM version:"), line("host:"))
}

/// The instructions of a function, without addresses; places inside it are named by their number.
/// None of a function that the linker knows by another name at the same address.
fn disassemble(program: &Path, function: &str) -> Option<Vec<String>> {
    let ran = Command::new("objdump")
        .args(["--disassemble", "--no-show-raw-insn", "--section=.text"])
        .arg(format!("--disassemble={function}"))
        .arg(program)
        .output()
        .ok()?;
    assert!(ran.status.success(), "objdump: {}", String::from_utf8_lossy(&ran.stderr));
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    let lines: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| {
            let (address, instruction) = line.split_once(":\t")?;
            Some((address.trim().to_owned(), instruction.split_whitespace().collect::<Vec<_>>().join(" ")))
        })
        .collect();
    if lines.is_empty() {
        return Some(Vec::new());
    }
    let place = |instruction: &str| {
        let (target, _) = instruction.split_once(" <")?;
        let (name, address) = target.split_once(' ')?;
        let number = lines.iter().position(|(at, _)| at == address)?;
        Some(format!("{name} line {number}"))
    };
    // What pads the function to the next one is no part of it.
    let last = lines.iter().rposition(|(_, instruction)| !is_padding(instruction)).unwrap_or(0);
    let code = lines[..=last].iter().map(|(_, code)| place(code).unwrap_or_else(|| code.clone()));
    Some(code.collect())
}

/// Where a function begins.
fn address(program: &Path, function: &str) -> String {
    let ran = Command::new("objdump").arg("--syms").arg(program).output().expect("objdump ran before");
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    let line = text.lines().find(|line| line.split_whitespace().last() == Some(function));
    let address = line.and_then(|line| line.split_whitespace().next());
    address.unwrap_or_else(|| panic!("there is no function `{function}`")).to_owned()
}

fn is_padding(instruction: &str) -> bool {
    ["int3", "nop", "cs nop", "data16", "xchg %ax,%ax"].iter().any(|padding| instruction.starts_with(padding))
}

#[test]
fn the_pure_chain_is_the_code_of_its_twin() {
    if Command::new("objdump").arg("--version").output().is_err() {
        eprintln!("SKIPPED: assembly of the chain: objdump is not installed (Debian: binutils)");
        return;
    }
    let program = program::build();
    let of = |function| disassemble(&program, function).expect("objdump ran before");
    let (mut fused, mut hand) = (of("chain_pass_fused"), of("chain_pass_hand"));
    if address(&program, "chain_pass_fused") == address(&program, "chain_pass_hand") {
        // The compiler found them to be one function; it is listed under one of its names.
        fused.append(&mut hand);
        hand.clone_from(&fused);
    }
    assert!(!fused.is_empty() && !hand.is_empty(), "objdump lists no code");
    assert_eq!(fused, hand, "the fused chain (left) is not the code of its twin (right)");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/shapes/chain.x86-64.s");
    let listing = format!("{}\n{}\n", compiler(), fused.join("\n"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, listing).expect("the listing can be written");
        return;
    }
    let committed = std::fs::read_to_string(&path).expect("the listing is beside the bench");
    let made_by = committed.lines().next().unwrap_or_default();
    if made_by != compiler() {
        eprintln!("SKIPPED: the committed listing of the chain: it was made by another compiler ({made_by})");
        return;
    }
    assert_eq!(
        listing, committed,
        "the listing has changed: BLESS=1 cargo test --test codegen, and review it"
    );
}
