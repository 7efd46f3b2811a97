//! What is generated gives no warning in Verilator, Icarus Verilog or yosys, and can be synthesised.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{INPUT_BYTES, Random, grow};
use fusewire_fpga::core::Core;
use fusewire_fpga::netlist::Builder;
use fusewire_fpga::schedule::Timing;
use fusewire_fpga::shell::Shell;

/// Runs a tool in the folder; none, and a loud skip, if it is not installed.
fn run(folder: &Path, tool: &str, arguments: &[&str], files: &[String]) -> Option<Output> {
    match Command::new(tool).args(arguments).args(files).current_dir(folder).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("SKIPPED: `{tool}` is not installed");
            None
        }
        Err(error) => panic!("{tool}: {error}"),
    }
}

/// The tool succeeds and says nothing at all.
fn silent(folder: &Path, tool: &str, arguments: &[&str], files: &[String]) {
    let Some(output) = run(folder, tool, arguments, files) else { return };
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim().is_empty(), "{tool} {arguments:?} {files:?}:\n{said}");
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(String, String)]) -> (Self, Vec<String>) {
        let folder = std::env::temp_dir().join(format!("fusewire-lint-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (file, text) in files {
            fs::write(folder.join(file), text).unwrap();
        }
        (Self(folder), files.iter().map(|(file, _)| file.clone()).collect())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn lint(name: &str, top: &str, files: &[(String, String)]) {
    let (folder, names) = Folder::new(name, files);
    silent(&folder.0, "verilator", &["--lint-only", "-Wall", "--top-module", top], &names);
    silent(&folder.0, "iverilog", &["-g2012", "-Wall", "-t", "null", "-s", top], &names);
    let script =
        format!("read_verilog -sv {}; hierarchy -check -top {top}; proc; check -assert", names.join(" "));
    silent(&folder.0, "yosys", &["-q", "-p", &script], &[]);
}

fn random(seed: u64, timing: &Timing) -> Core {
    let mut random = Random(seed);
    let inputs = [random.bytes(INPUT_BYTES as usize)];
    let grown = grow(&mut random, 80, &inputs);
    Core::new(format!("random_{seed}"), grown.netlist, timing)
}

#[test]
fn random_cores_give_no_warning() {
    for seed in 100..103 {
        // Deep, shallow, and one stage only.
        for timing in [Timing::ultrascale_plus(2_000), Timing::ecp5(20_000), Timing::ice40(100_000_000)] {
            let core = random(seed, &timing);
            let file = (format!("{}.sv", core.name()), core.verilog().to_owned());
            lint(&format!("core-{seed}-{}", timing.period), core.name(), &[file]);
        }
    }
}

#[test]
fn cores_that_leave_most_out_give_no_warning() {
    let mut builder = Builder::new(16, 24);
    let bit = builder.input(77, 1);
    let middle = builder.input(40, 3);
    builder.output(bit, 100);
    builder.output(middle, 5);
    let constant = builder.constant(0x5a, 8);
    builder.output(constant, 184);
    let core = Core::new("sparse", builder.finish(), &Timing::ultrascale_plus(4_000));
    lint("sparse", "sparse", &[("sparse.sv".to_owned(), core.verilog().to_owned())]);
}

#[test]
fn shells_of_every_width_give_no_warning() {
    for (input, output) in [(1, 1), (12, 20), (104, 4)] {
        let mut builder = Builder::new(input, output);
        let byte = builder.input(0, 8);
        builder.output(byte, 0);
        let core = Core::new("bytes", builder.finish(), &Timing::ultrascale_plus(4_000));
        for bus in [8, 64] {
            for shell in [Shell::with_bus(&core, bus), Shell::stream(&core, bus)] {
                let name = format!("{}-{input}-{output}-{bus}", shell.top());
                lint(&name, shell.top(), shell.files());
            }
        }
    }
}

#[test]
fn a_core_can_be_synthesised() {
    let core = random(100, &Timing::ecp5(12_000));
    let files = [(format!("{}.sv", core.name()), core.verilog().to_owned())];
    let (folder, names) = Folder::new("synthesis", &files);
    let script = format!("read_verilog -sv {}; synth_ecp5 -top {}; check -assert", names[0], core.name());
    if let Some(output) = run(&folder.0, "yosys", &["-q", "-p", &script], &[]) {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
