//! Real models on the cpu: answers compared with the reference, and what a row costs.
//!
//! `README.md` beside this file says what the models are and where else they run.

pub mod cpu;
pub mod files;
pub mod forest;
pub mod mlp;

use std::path::PathBuf;
use std::process::ExitCode;

use files::Case;

const HELP: &str = "\
models: gradient-boosted trees and a small network, scored row by row and in batches.

    cargo run --release --example models -- [OPTIONS]

Without options: every model of ../shared/data/models (or of where FUSEWIRE_SHARED says), on the cpu.

  --model FILE      an XGBoost model as JSON, or a network of 26-32-16-3
  --rows FILE       its rows: little-endian float32, row by row; X.MODEL.margin.f32 beside X.features.f32 is the reference
  --compute cpu     where: this example has the cpu; targets/gpu and targets/fpga have the others
  --check           compare the answers and time nothing
";

/// The command line.
#[derive(Debug, Default)]
struct Args {
    model: Option<PathBuf>,
    rows: Option<PathBuf>,
    check: bool,
    help: bool,
}

impl Args {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Args, String> {
        let mut args = Args::default();
        while let Some(word) = words.next() {
            let mut value =
                || words.next().ok_or_else(|| format!("{word} wants a value; --help lists the options"));
            match word.as_str() {
                "--model" => args.model = Some(value()?.into()),
                "--rows" => args.rows = Some(value()?.into()),
                "--compute" => match value()?.as_str() {
                    "cpu" => {}
                    "gpu" | "fpga" => {
                        return Err("this example has the cpu alone: run the example `models` in targets/gpu or targets/fpga".into());
                    }
                    other => return Err(format!("--compute is cpu, gpu or fpga, not {other}")),
                },
                "--check" => args.check = true,
                "--help" | "-h" => args.help = true,
                other => return Err(format!("there is no option {other}; --help lists the options")),
            }
        }
        if args.model.is_some() != args.rows.is_some() {
            return Err("--model and --rows go together".into());
        }
        Ok(args)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("models: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs what the command line asks for; `false` if an answer was wrong.
fn run() -> Result<bool, String> {
    let args = Args::parse(std::env::args().skip(1))?;
    if args.help {
        print!("{HELP}");
        return Ok(true);
    }
    let cases = match (&args.model, &args.rows) {
        (Some(model), Some(rows)) => vec![Ok(files::read(model, rows)?)],
        _ => {
            let shared = std::env::var_os("FUSEWIRE_SHARED").map(PathBuf::from);
            let shared =
                shared.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"));
            files::shared(&shared.join("data/models"))
        }
    };
    let timed = if args.check { String::new() } else { format!("{:>30}", "ns a row, by 1, 16, 256") };
    println!("{:<24}{:>7}{:>9}  {:<14}{:>12}{timed}", "model", "rows", "answers", "bit-equal", "worst error");
    let mut sound = true;
    for case in cases {
        match case {
            Ok(case) => sound &= show(&case, args.check),
            Err(why) => println!("SKIPPED: {why}"),
        }
    }
    Ok(sound)
}

/// A line of the table; whether the answers are those of the reference.
fn show(case: &Case, check: bool) -> bool {
    let (features, outputs) = case.model.shape();
    let expected = cpu::expected(case);
    let mut equal = true;
    let mut worst = 0.0_f32;
    for batch in cpu::BATCHES {
        let found = cpu::answers(case, batch);
        equal &= found.iter().zip(&expected).all(|(found, expected)| found.to_bits() == expected.to_bits());
        worst = worst.max(cpu::worst(&found, &expected));
    }
    let (rows, equals) = (case.rows.len() / features, if equal { "yes" } else { "no" });
    print!("{:<24}{rows:>7}{outputs:>9}  {equals:<14}{worst:>12.1e}", case.name);
    if !check {
        cpu::BATCHES.iter().for_each(|&batch| print!("{:>10.0}", cpu::time(case, batch)));
    }
    println!();
    // Trees are exact; a network is as near as another order of its sums.
    equal || (matches!(case.model, files::Model::Mlp(_)) && worst <= 2e-5)
}
