//! Writes the example cores in SystemVerilog into a folder, for the tools of synthesis: `emit FOLDER [FAMILY PERIOD]`.
//!
//! FAMILY is `ultrascale_plus`, `ecp5` or `ice40`, PERIOD is in picoseconds. Prints a line for each core: its name, its
//! module.

use fusewire_fpga::core_of;
use fusewire_fpga::report::export;
use fusewire_fpga::schedule::Timing;
use fusewire_fpga_cores::kernels::{programs, timing};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: emit FOLDER [FAMILY PERIOD]")?;
    let timing = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => timing(),
        (Some("ultrascale_plus"), Some(period)) => Timing::ultrascale_plus(period.parse()?),
        (Some("ecp5"), Some(period)) => Timing::ecp5(period.parse()?),
        (Some("ice40"), Some(period)) => Timing::ice40(period.parse()?),
        (Some(other), _) => return Err(format!("`{other}` is no family, or has no period").into()),
    };
    let mut cores = Vec::new();
    for (name, program) in programs()? {
        let core = core_of(&program, &timing)?;
        println!("{name} {}", core.name());
        cores.push(core);
    }
    export(cores.iter().map(|core| (core, timing.period)), folder)?;
    Ok(())
}
