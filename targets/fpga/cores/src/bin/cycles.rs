//! Counts the periods of the clock that rows take on simulated cards with the example cores: the table of cycles per row
//! in `docs/fpga.md`, by `report.sh`. Exits with 77 where no simulation was linked.

use std::process::ExitCode;

use fusewire_fpga::core_of;
use fusewire_fpga::simulation::{Cycles, Simulation};
use fusewire_fpga_cores::CORES;
use fusewire_fpga_cores::kernels::{programs, timing};

fn main() -> ExitCode {
    if CORES.is_empty() {
        eprintln!("SKIPPED: no simulation was linked, see the warning of the build");
        return ExitCode::from(77);
    }
    match table() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn table() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", Cycles::HEADING);
    for (name, program) in programs()? {
        let core = core_of(&program, &timing())?;
        println!("| `{name}` | {} |", Cycles::count(&Simulation::new().linked(CORES), &core)?);
    }
    Ok(())
}
