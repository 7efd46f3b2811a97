//! Counts the periods of the clock that rows of the tree models take on a simulated card: lines of the table of cycles per row in
//! `docs/fpga.md`, by `report.sh`.
//!
//! Watch for the column of one row: it is what a single row waits, in periods of 4 ns. A core's simulation is built when it is first
//! needed, which takes a while for a large model. Exits with 77 where there are no models.

use std::path::PathBuf;
use std::process::ExitCode;

use fusewire::kernel::Program;
use fusewire_fpga::core_of;
use fusewire_fpga::schedule::Timing;
use fusewire_fpga::simulation::{Cycles, Simulation};

#[path = "../../../examples/models/parts.rs"]
#[allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_debug_implementations,
    reason = "they are parts of another program, of which the files and the kernels are used here"
)]
mod parts;

use parts::files::{self, Case, Model};
use parts::forest::tables::{Fixed, Tables};

fn main() -> ExitCode {
    let shared =
        std::env::var_os("FUSEWIRE_SHARED").map_or_else(|| parts::root().join("../shared"), PathBuf::from);
    let mut counted = 0;
    for case in files::shared(&shared.join("data/models")) {
        match case.and_then(|case| line(&case)) {
            Ok(None) => {}
            Ok(Some(line)) => {
                println!("{line}");
                counted += 1;
            }
            Err(why) => eprintln!("SKIPPED: {why}"),
        }
    }
    if counted == 0 { ExitCode::from(77) } else { ExitCode::SUCCESS }
}

/// A model's line; none for what is no forest.
fn line(case: &Case) -> Result<Option<String>, String> {
    let Model::Forest(forest) = &case.model else { return Ok(None) };
    let tables = Tables::new(forest).map_err(|error| error.to_string())?;
    let sums = parts::kernels::sums_of(&tables, &Fixed::new(&tables));
    let program = Program::new(&[sums.erased()]).map_err(|error| error.to_string())?;
    let core = core_of(&program, &Timing::ultrascale_plus(4_000)).map_err(|error| error.to_string())?;
    let cycles = Cycles::count(&Simulation::new(), &core).map_err(|error| error.to_string())?;
    Ok(Some(format!("| `sums` of {}, {} trees | {cycles} |", case.name, forest.trees.len())))
}
