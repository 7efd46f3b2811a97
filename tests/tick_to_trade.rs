//! The example `tick_to_trade`, as a program: its answers on real data, bit for bit, and what it says to bad input.
//!
//! The parts' own tests run here, too: an example has no test run of its own.
//! Data that is not in the repository is looked for in `../shared` (or where `FUSEWIRE_SHARED` says).

#[path = "../examples/tick_to_trade/parts.rs"]
#[allow(dead_code, reason = "the parts are here for their own tests")]
pub mod parts;

#[path = "../examples/tick_to_trade/gateway.rs"]
#[allow(dead_code, reason = "the gateway is here for its own tests")]
pub mod gateway;

#[path = "tick_to_trade/bad_input.rs"]
mod bad_input;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Every engine does the same job and gives the same answers.
const ENGINES: [&str; 2] = ["fused", "hand"];

/// The engines spin on their cores, so one runs at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The program, built as this test is.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--example", "tick_to_trade", "--manifest-path"]);
        cargo.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("cargo runs").success(), "the example builds");
        let this = std::env::current_exe().expect("this test has a path");
        let folder = this.parent().and_then(Path::parent).expect("target/PROFILE/deps/TEST");
        folder.join("examples").join("tick_to_trade")
    })
}

fn run(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).output().expect("the example starts")
}

/// The folder of shared data, or `None`, said aloud.
fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("FUSEWIRE_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let data = root.join("data");
    if data.join("tick_to_trade/SPEC.md").exists() {
        return Some(data);
    }
    eprintln!("SKIPPED: {} is not there, so nothing was compared with real data", data.display());
    None
}

/// A folder of this test's own, empty.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for files");
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths here are text")
}

fn unpacked(path: &Path) -> Vec<u8> {
    parts::input::read(path).expect("a reference file")
}

#[test]
fn scores_and_orders_equal_the_reference() {
    let Some(data) = shared() else { return };
    let _alone = alone();
    let folder = scratch("reference");
    let (scores, orders, json) = (folder.join("scores"), folder.join("orders"), folder.join("json"));
    let capture = data.join("itch50/esh4_20231225_transcoded.moldudp64.pcap.gz");
    let model = data.join("tick_to_trade/model.json");
    let expected_scores = unpacked(&data.join("tick_to_trade/esh4.scores.csv.gz"));
    let expected_orders = unpacked(&data.join("tick_to_trade/esh4.orders.csv.gz"));
    for engine in ENGINES {
        // Over UDP a busy machine may lose packets: that must be said, and then a slower rate is tried.
        for (source, rates) in [("memory", &["max", "200000"][..]), ("udp", &["20000", "8000", "3000"][..])] {
            for (at, rate) in rates.iter().enumerate() {
                let output = run(&[
                    "--pcap",
                    text(&capture),
                    "--model",
                    text(&model),
                    "--tick",
                    "2500",
                    "--engine",
                    engine,
                    "--source",
                    source,
                    "--rate",
                    rate,
                    "--scores",
                    text(&scores),
                    "--orders",
                    text(&orders),
                    "--json",
                    text(&json),
                ]);
                let said = String::from_utf8_lossy(&output.stdout);
                assert!(
                    output.status.success(),
                    "{engine}, {source}: {said}{}",
                    String::from_utf8_lossy(&output.stderr)
                );
                let figures: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
                let figures = &figures["engines"][engine];
                if source == "udp" && figures["gaps_count"] != 0 && at + 1 < rates.len() {
                    assert!(said.contains("messages missing; the book was stale"), "{said}");
                    continue;
                }
                assert!(
                    fs::read(&scores).unwrap() == expected_scores,
                    "{engine}, {source}, {rate}: scores differ\n{said}"
                );
                assert!(
                    fs::read(&orders).unwrap() == expected_orders,
                    "{engine}, {source}, {rate}: orders differ\n{said}"
                );
                for (name, count) in
                    [("packets", 45_477), ("messages", 59_566), ("rows", 44_449), ("orders", 2_963)]
                {
                    assert_eq!(figures[format!("{name}_count")], count, "{engine}, {source}: {name}");
                }
                if source == "udp" {
                    assert_eq!(figures["acks_count"], 2_963);
                    break;
                }
            }
        }
    }
}

/// A device gives what the cpu gives, in float32 with any model, in fixed point with one whose sums are exact.
#[test]
fn a_device_gives_the_same_scores_and_orders() {
    let _alone = alone();
    let folder = scratch("device");
    let (scores, orders) = (folder.join("scores"), folder.join("orders"));
    let trade = |more: &[&str]| {
        let files = ["--scores", text(&scores), "--orders", text(&orders)];
        let output = run(&[&["--packets", "400", "--rounds", "1"], &files[..], more].concat());
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{more:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        (fs::read_to_string(&scores).unwrap(), fs::read_to_string(&orders).unwrap(), said)
    };
    let memory = ["--source", "memory", "--rate", "max"];
    for (leaves, numbers) in [("any", "float"), ("exact", "float"), ("exact", "fixed")] {
        let model = [&memory[..], &["--leaves", leaves]].concat();
        let (cpu_scores, cpu_orders, _) = trade(&[&model[..], &["--engine", "fused"]].concat());
        assert!(cpu_orders.lines().count() > 5, "the model trades: {cpu_orders}");
        let on_device = ["--compute", "reference", "--numbers", numbers];
        let (scores, orders, said) = trade(&[&model[..], &on_device].concat());
        assert!(scores == cpu_scores && orders == cpu_orders, "{leaves} leaves, {numbers}: {said}");
        let kernel = if numbers == "fixed" { "judge_fixed" } else { "judge" };
        assert!(said.contains(&format!(
            "scored on reference in {}",
            if numbers == "fixed" { "Fixed" } else { "Float" }
        )));
        assert!(said.contains(kernel), "{said}");
    }
    // Over sockets the gateway sees every order, and says so.
    let (_, orders, said) = trade(&["--rate", "500", "--compute", "reference"]);
    assert!(orders.lines().count() > 5, "{said}");
}

#[test]
fn a_binary_file_gives_a_row_after_every_message() {
    let Some(data) = shared() else { return };
    let _alone = alone();
    let folder = scratch("binaryfile");
    let scores = folder.join("scores");
    let itch = data.join("itch50/esh4_20231225_transcoded.itch50.gz");
    let model = data.join("tick_to_trade/model.json");
    for engine in ENGINES {
        let output = run(&[
            "--itch",
            text(&itch),
            "--model",
            text(&model),
            "--tick",
            "2500",
            "--engine",
            engine,
            "--source",
            "memory",
            "--rate",
            "max",
            "--scores",
            text(&scores),
        ]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let scores = fs::read_to_string(&scores).unwrap();
        // The book after the last message is the book after the last packet, and every message is a packet.
        let last = scores.lines().last().unwrap();
        assert!(last.starts_with("59566,59566,48100000,22,48102500,28,"), "{last}");
    }
}

#[test]
fn joining_mid_stream_counts_unknown_references() {
    let Some(data) = shared() else { return };
    let _alone = alone();
    let json = scratch("midstream").join("json");
    let itch = data.join("itch50/ritch_ex20101224.reframed.itch50.gz");
    for engine in ENGINES {
        let arguments = [
            "--itch",
            text(&itch),
            "--engine",
            engine,
            "--source",
            "memory",
            "--rate",
            "max",
            "--json",
            text(&json),
        ];
        let output = run(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(
            String::from_utf8_lossy(&output.stdout)
                .contains("117 messages about orders that were never added here")
        );
        let figures: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
        assert_eq!(figures["engines"][engine]["unknown_references_count"], 117);
        assert_eq!(figures["engines"][engine]["messages_count"], 12_012);
    }
}

#[test]
fn the_embedded_exchange_trades_over_sockets() {
    let _alone = alone();
    let json = scratch("embedded").join("json");
    for engine in ENGINES {
        let output = run(&["--engine", engine, "--packets", "4000", "--rounds", "2", "--json", text(&json)]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let figures: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
        let figures = &figures["engines"][engine];
        assert_eq!(figures["gaps_count"], 0, "{said}");
        assert!(figures["orders_count"].as_u64().unwrap() > 20, "{said}");
        assert_eq!(figures["orders_count"], figures["acks_count"], "{said}");
        assert_eq!(figures["orders_count"], figures["through_the_sockets_samples_count"], "{said}");
    }
}

/// Waits until the process handles an interrupt itself; where that cannot be seen, for a while.
#[cfg(unix)]
fn listens(pid: libc::pid_t) {
    let caught = || {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    };
    for _ in 0..600 {
        if caught().is_some_and(|mask| mask & 1 << (libc::SIGINT - 1) != 0) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        if !cfg!(target_os = "linux") {
            return;
        }
    }
    panic!("a minute later it does not handle an interrupt");
}

#[cfg(unix)]
#[test]
fn an_interrupt_drains_the_fused_engine() {
    use std::io::{BufRead, BufReader, Read};
    let _alone = alone();
    let json = scratch("interrupt").join("json");
    let arguments = ["--engine", "fused", "--packets", "1000000", "--rounds", "1", "--json", text(&json)];
    let mut child = Command::new(program())
        .args(arguments)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the example starts");
    let mut output = BufReader::new(child.stdout.take().expect("its output is ours"));
    let mut said = String::new();
    // The drawing ends with the machine; the graph runs a moment later.
    while !said.contains("\nmachine") {
        assert_ne!(output.read_line(&mut said).expect("text"), 0, "it ended: {said}");
    }
    let pid = child.id().try_into().expect("a process id");
    listens(pid);
    // Packets come from its first moments on.
    std::thread::sleep(std::time::Duration::from_secs(2));
    // SAFETY: the child was not waited for yet, so the id is still its own.
    assert_eq!(unsafe { libc::kill(pid, libc::SIGINT) }, 0);
    output.read_to_string(&mut said).expect("text");
    assert!(child.wait().expect("it ends").success(), "{said}");
    assert!(said.contains("fused: interrupted"), "{said}");
    let figures: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    let figures = &figures["engines"]["fused"];
    assert!(
        figures["packets_count"].as_u64().is_some_and(|count| 100 < count && count < 1_000_000),
        "{said}"
    );
    assert_eq!(figures["orders_count"], figures["acks_count"], "{said}");
}
