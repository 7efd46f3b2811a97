//! Fusion is free: instructions per message, fused against hand-written, counted by callgrind.
//!
//! `benches/instructions.rs` runs each shape in both forms with two numbers of messages; the
//! difference of the counts is what a message costs. Skips itself, aloud, without valgrind.

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// The most that the fused form of a shape may cost, in parts of its hand-written twin.
const BOUNDS: &[(&str, f64)] = &[
    ("chain", 1.00),
    ("once", 1.00),
    ("when_all", 1.10),
    ("and", 1.10),
    ("and_fused", 1.10),
    ("fork_join", 1.02),
    ("fan", 1.02),
    ("broadcast", 1.02),
    // The lane that gives out looks after each value whether something has come back, and both sides find a shard by its number: where
    // the rest is says `docs/decisions.md`.
    ("shard", 1.38),
    ("device_16", 1.00),
    ("hop_8", 1.02),
    ("hop_56", 1.02),
    ("hop_64", 1.02),
    ("hop_256", 1.02),
    ("pipeline", 1.02),
    // An operation that is allocated, counted by its scope, run and freed, in posts of one that stays.
    ("spawn", 1.75),
];

/// The most instructions more than the twin's: of a turn of a `repeat`, and of a `block_on`.
const MORE: &[(&str, f64)] = &[("repeat", 3.0), ("block_on", 20.0)];

#[test]
fn a_fused_message_costs_what_a_hand_written_one_does() {
    if cfg!(debug_assertions) {
        eprintln!("SKIPPED: instruction counts: they want `cargo test --release --test instructions`");
        return;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("SKIPPED: instruction counts: valgrind is not installed (Debian: valgrind libc6-dbg)");
        return;
    }
    let counts = count(&program::build());
    let mut over = Vec::new();
    for &(shape, bound) in BOUNDS {
        let (fused, hand) = (per_message(&counts, shape, "fused"), per_message(&counts, shape, "hand"));
        let ratio = fused / hand;
        println!("{shape:10} fused {fused:8.2}  hand {hand:8.2}  ratio {ratio:.3}  (at most {bound:.2})");
        if ratio > bound + 0.000_5 {
            over.push(format!("{shape}: {ratio:.3} is over {bound:.2}"));
        }
    }
    for &(shape, bound) in MORE {
        let (fused, hand) = (per_message(&counts, shape, "fused"), per_message(&counts, shape, "hand"));
        println!("{shape:10} fused {fused:8.2}  hand {hand:8.2}  (at most {bound} more)");
        if fused > hand + bound {
            over.push(format!("{shape}: {fused:.2} is more than {bound} over {hand:.2}"));
        }
    }
    assert!(over.is_empty(), "{over:?}");
}

/// Instructions by shape, form and number of messages.
type Counts = BTreeMap<(String, String), Vec<(u64, u64)>>;

fn per_message(counts: &Counts, shape: &str, form: &str) -> f64 {
    let runs = &counts[&(shape.to_owned(), form.to_owned())];
    let [(fewer, small), (more, large)] = runs[..] else { panic!("{shape} {form} has not two runs") };
    (large - small) as f64 / (more - fewer) as f64
}

fn count(program: &Path) -> Counts {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("callgrind");
    let _absent = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the counts");
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-before=counted", "--dump-after=counted"])
        .arg(format!("--callgrind-out-file={}", folder.join("out").display()))
        .arg(program)
        .output()
        .expect("valgrind runs");
    let (said, complained) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}{complained}");
    let mut dumps: Vec<(u32, String)> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let number = path.extension()?.to_str()?.parse().ok()?;
            let text = std::fs::read_to_string(path).ok()?;
            text.contains("--dump-after=counted").then_some((number, text))
        })
        .collect();
    dumps.sort_by_key(|(number, _)| *number);
    let runs: Vec<_> = said.lines().filter_map(named).collect();
    assert_eq!(dumps.len(), runs.len(), "one dump for each run: {said}{complained}");
    let mut counts = Counts::new();
    for ((shape, form, messages), (_, dump)) in runs.into_iter().zip(dumps) {
        counts.entry((shape, form)).or_default().push((messages, total(&dump)));
    }
    counts
}

/// `shape form messages`
fn named(line: &str) -> Option<(String, String, u64)> {
    let mut words = line.split_whitespace();
    let (shape, form, messages) = (words.next()?, words.next()?, words.next()?.parse().ok()?);
    Some((shape.to_owned(), form.to_owned(), messages))
}

fn total(dump: &str) -> u64 {
    let line = dump.lines().find_map(|line| line.strip_prefix("summary:").or(line.strip_prefix("totals:")));
    line.and_then(|line| line.trim().parse().ok()).expect("a dump has a sum")
}
