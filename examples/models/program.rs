//! The command line and the table, wherever the models run.

use std::path::PathBuf;
use std::process::ExitCode;

use fusewire::device::Device;

use super::cpu::{self, worst};
use super::device::{Ran, run_logits, run_margins, run_sums};
use super::files::{self, Case, Model};
use super::forest::tables::{Fixed, Tables};
use super::kernels::{self, Keys};
use super::mlp::{self, Features};

const HELP: &str = "\
models: gradient-boosted trees and a small network, scored exactly.

    cargo run --release --example models -- [OPTIONS]

Without options: every model of ../shared/data/models (or of where FUSEWIRE_SHARED says).

  --model FILE      an XGBoost model as JSON, or a network of 26-32-16-3
  --rows FILE       its rows: little-endian float32, row by row; X.MODEL.margin.f32 beside X.features.f32 is the reference
  --first N         score the first N rows alone
  --compute WHERE   cpu: everywhere. gpu, fpga: by the example of the same name in targets/gpu and targets/fpga
  --check           compare the answers and time nothing
  --inspect         draw each graph that a device runs
";

/// What the command line asks for.
#[derive(Debug, Default)]
pub struct Args {
    model: Option<PathBuf>,
    rows: Option<PathBuf>,
    first: Option<usize>,
    compute: Option<String>,
    check: bool,
    inspect: bool,
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
                "--compute" => args.compute = Some(value()?),
                "--first" => {
                    let text = value()?;
                    let number = text.parse().ok().filter(|&number| number > 0);
                    args.first =
                        Some(number.ok_or_else(|| format!("--first is a number of rows, not {text}"))?);
                }
                "--check" => args.check = true,
                "--inspect" => args.inspect = true,
                "--help" | "-h" => args.help = true,
                other => return Err(format!("there is no option {other}; --help lists the options")),
            }
        }
        if args.model.is_some() != args.rows.is_some() {
            return Err("--model and --rows go together".into());
        }
        Ok(args)
    }

    fn cases(&self) -> Result<Vec<Result<Case, String>>, String> {
        let mut cases = match (&self.model, &self.rows) {
            (Some(model), Some(rows)) => vec![Ok(files::read(model, rows)?)],
            _ => {
                let shared = std::env::var_os("FUSEWIRE_SHARED").map(PathBuf::from);
                let beside = || super::root().join("../shared");
                files::shared(&shared.unwrap_or_else(beside).join("data/models"))
            }
        };
        if let Some(first) = self.first {
            cases.iter_mut().flatten().for_each(|case| case.keep(first));
        }
        Ok(cases)
    }
}

/// A place besides the cpu: its name, and what shows a case there.
pub type Place<'a> = (&'a str, &'a mut dyn FnMut(&Case, &Args) -> Result<bool, String>);

/// Runs what the command line asks for, on the cpu or where the program has besides, which it then does by default.
pub fn run(besides: Option<Place<'_>>) -> ExitCode {
    match try_run(besides) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("models: {error}");
            ExitCode::from(2)
        }
    }
}

/// `false` if an answer was wrong.
fn try_run(besides: Option<Place<'_>>) -> Result<bool, String> {
    let args = Args::parse(std::env::args().skip(1))?;
    if args.help {
        print!("{HELP}");
        return Ok(true);
    }
    let place = besides.filter(|(name, _)| args.compute.as_deref().unwrap_or(name) == *name);
    match args.compute.as_deref() {
        None | Some("cpu") => {}
        Some(name @ ("gpu" | "fpga")) if place.is_none() => {
            return Err(format!("{name} is not in this program: run the example `models` in targets/{name}"));
        }
        Some("gpu" | "fpga") => {}
        Some(other) => return Err(format!("--compute is cpu, gpu or fpga, not {other}")),
    }
    let cases = args.cases()?;
    let mut sound = true;
    let mut show: Box<dyn FnMut(&Case) -> Result<bool, String>> = match place {
        Some((name, show)) => {
            println!("on {name}");
            println!(
                "{:<24}{:>7}  {:<10}{:<12}{:>12}{:>14}",
                "model", "rows", "kernel", "bit-equal", "worst error", "rows a second"
            );
            Box::new(|case| show(case, &args))
        }
        None => {
            let timed = if args.check { String::new() } else { format!("{:>30}", "ns a row, by 1, 16, 256") };
            println!(
                "{:<24}{:>7}{:>9}  {:<14}{:>12}{timed}",
                "model", "rows", "answers", "bit-equal", "worst error"
            );
            Box::new(|case| Ok(show_on_cpu(case, &args)))
        }
    };
    for case in cases {
        match case {
            Ok(case) => sound &= show(&case)?,
            Err(why) => println!("SKIPPED: {why}"),
        }
    }
    Ok(sound)
}

/// A line of the table; whether the answers are those of the reference.
fn show_on_cpu(case: &Case, args: &Args) -> bool {
    let (features, outputs) = case.model.shape();
    let expected = cpu::expected(case);
    let (mut equal, mut worst) = (true, 0.0_f32);
    for batch in cpu::BATCHES {
        let found = cpu::answers(case, batch);
        equal &= same_bits(&found, &expected);
        worst = worst.max(cpu::worst(&found, &expected));
    }
    let rows = case.rows.len() / features;
    print!("{:<24}{rows:>7}{outputs:>9}  {:<14}{worst:>12.1e}", case.name, yes(equal));
    if !args.check {
        cpu::BATCHES.iter().for_each(|&batch| print!("{:>10.0}", cpu::time(case, batch)));
    }
    println!();
    is_sound(case, equal, worst)
}

/// Trees are exact; a network is as near as another order of its sums.
fn is_sound(case: &Case, equal: bool, worst: f32) -> bool {
    equal || (matches!(case.model, Model::Mlp(_)) && worst <= 2e-5)
}

/// What a device computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// Integers alone: the trees in fixed point.
    Integers,
    /// Float32 as well: the trees in both, and the network.
    All,
}

/// Shows a case on a device, a line for each kernel that it can run; whether every answer is the one that the same
/// kernel gives as a function, and as near to the reference as is known of it.
///
/// # Errors
/// The device cannot be made or opened, or was lost, or the model does not fit devices.
pub fn show_on_device<D: Device>(
    case: &Case,
    args: &Args,
    numbers: Numbers,
    device: impl Fn() -> Result<D, String>,
) -> Result<bool, String> {
    let (features, outputs) = case.model.shape();
    let expected = cpu::expected(case);
    let rows = case.rows.chunks(features);
    let mut sound = true;
    match &case.model {
        Model::Forest(forest) => {
            let tables = Tables::new(forest).map_err(|error| error.to_string())?;
            let fixed = Fixed::new(&tables);
            let rows: Vec<_> = rows.map(|row| Keys { x: tables.keys(row) }).collect();
            if numbers == Numbers::All {
                let ran = run_margins(device()?, &tables, &rows)?;
                let found: Vec<f32> =
                    ran.answers.iter().flat_map(|margins| margins.of[..outputs].to_vec()).collect();
                let equal = same_bits(&found, &expected);
                sound &= equal;
                line(case, args, "margins", &ran, equal, f64::from(worst(&found, &expected)), "");
            }
            let ran = run_sums(device()?, &tables, &fixed, &rows)?;
            let here = kernels::sums_of(&tables, &fixed);
            let equal = ran.answers.iter().zip(&rows).all(|(sums, row)| *sums == here.call(*row));
            let found = ran.answers.iter().flat_map(|sums| sums.of[..outputs].to_vec());
            let far =
                found.zip(&expected).map(|(sum, margin)| (fixed.to_f64(sum) - f64::from(*margin)).abs());
            let (far, bound) = (far.fold(0.0, f64::max), fixed.bound(&tables));
            sound &= equal && far <= bound;
            line(case, args, "sums", &ran, equal, far, &format!("  to float32; at most {bound:.1e}"));
        }
        Model::Mlp(_) if numbers == Numbers::Integers => {
            println!("{:<24}{:>7}  it computes with float32, which this device has not", case.name, "-");
        }
        Model::Mlp(net) => {
            let rows: Vec<_> = case.rows.as_chunks().0.iter().map(|x| Features { x: *x }).collect();
            let ran = run_logits(device()?, net, &rows)?;
            let found: Vec<f32> = ran.answers.iter().flat_map(|logits| logits.y).collect();
            let here: Vec<f32> = rows.iter().flat_map(|row| mlp::logits(*row, net).y).collect();
            let (equal, far) = (same_bits(&found, &here), worst(&found, &expected));
            sound &= equal && far <= 2e-5;
            line(case, args, "logits", &ran, equal, f64::from(far), "  to the reference");
        }
    }
    Ok(sound)
}

fn line<T>(case: &Case, args: &Args, kernel: &str, ran: &Ran<T>, equal: bool, far: f64, what: &str) {
    let rows = ran.answers.len();
    print!("{:<24}{rows:>7}  {kernel:<10}{:<12}{far:>12.1e}", case.name, yes(equal));
    if args.check {
        println!("{what}");
    } else {
        println!("{:>14.0}{what}", rows as f64 / ran.took.as_secs_f64());
    }
    if args.inspect {
        println!("{}", ran.drawing);
    }
}

fn same_bits(found: &[f32], expected: &[f32]) -> bool {
    let bits = |(found, expected): (&f32, &f32)| found.to_bits() == expected.to_bits();
    found.len() == expected.len() && found.iter().zip(expected).all(bits)
}

fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
