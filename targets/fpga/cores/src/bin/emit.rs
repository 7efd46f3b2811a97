//! Writes the example cores in SystemVerilog into a folder, for the tools of synthesis: `emit FOLDER [TARGET PERIOD]`.
//!
//! TARGET is `ultrascale_plus`, `ecp5` or `ice40`, PERIOD is in picoseconds. Prints a line for each core: its name, its
//! module, its latency.

use std::path::PathBuf;

use fusewire_fpga::core_of;
use fusewire_fpga::schedule::Timing;
use fusewire_fpga_cores::kernels::{programs, timing};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: emit FOLDER [TARGET PERIOD]")?);
    let timing = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => timing(),
        (Some("ultrascale_plus"), Some(period)) => Timing::ultrascale_plus(period.parse()?),
        (Some("ecp5"), Some(period)) => Timing::ecp5(period.parse()?),
        (Some("ice40"), Some(period)) => Timing::ice40(period.parse()?),
        (Some(other), _) => return Err(format!("`{other}` is no target, or has no period").into()),
    };
    std::fs::create_dir_all(&folder)?;
    for (name, program) in programs()? {
        let core = core_of(&program, &timing)?;
        std::fs::write(folder.join(format!("{}.sv", core.name())), core.verilog())?;
        println!("{name} {} {}", core.name(), core.latency());
    }
    Ok(())
}
