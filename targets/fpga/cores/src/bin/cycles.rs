//! Counts the periods of the clock that rows take on simulated cards with the example cores: the table of cycles per row
//! in `docs/fpga.md`, by `report.sh`.
//!
//! A batch pays for two round trips of the bus, 100 periods each as over PCIe, for its descriptor and for its values, and for
//! the core's latency; each of its rows pays a period. Exits with 77 where no simulation was linked.

use std::process::ExitCode;

use fusewire_fpga::core_of;
use fusewire_fpga::driver::{Card, CardError, Cards, Shape};
use fusewire_fpga::shell::Shell;
use fusewire_fpga::simulation::{SimulatedCard, Simulation};
use fusewire_fpga_cores::CORES;
use fusewire_fpga_cores::kernels::{programs, timing};

/// Rows of the batches that are alone.
const ALONE: [usize; 3] = [1, 16, 256];
/// Batches of 256 rows, and how many of them are in flight.
const STREAM: (u64, usize) = (64, 4);

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
    println!(
        "| core | bytes in, out | bus, bytes | latency, cycles | batch of 1 | of 16 | of 256 | {} of 256 in flight |",
        STREAM.1
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, program) in programs()? {
        let core = core_of(&program, &timing())?;
        let open = |window| Simulation::new().linked(CORES).open(&core, Shape { rows: ALONE[2], window });
        let mut alone = Vec::new();
        for rows in ALONE {
            alone.push(per_row(of_batch(&mut open(1)?, rows)?, rows as u64));
        }
        let (batches, window) = STREAM;
        let streamed = per_row(of_stream(&mut open(window)?, batches)?, batches * ALONE[2] as u64);
        println!(
            "| `{name}` | {}, {} | {} | {} | {} | {streamed} |",
            core.netlist().input_bytes(),
            core.netlist().output_bytes(),
            Shell::new(&core).bus_bytes(),
            core.latency(),
            alone.join(" | ")
        );
    }
    Ok(())
}

fn per_row(cycles: u64, rows: u64) -> String {
    format!("{:.2}", cycles as f64 / rows as f64)
}

/// From the fetch of its descriptor to its completion, as the card says.
fn of_batch(card: &mut SimulatedCard, rows: usize) -> Result<u64, CardError> {
    card.submit(0, rows)?;
    while card.poll()? == 0 {}
    Ok(card.last_cycles().into())
}

/// From the first doorbell to the last completion, with as many batches in flight as there are slots.
fn of_stream(card: &mut SimulatedCard, batches: u64) -> Result<u64, CardError> {
    let Shape { rows, window } = card.shape();
    let began = card.bar().cycles();
    let (mut submitted, mut finished) = (0, 0);
    while finished < batches {
        while submitted < batches && submitted - finished < window as u64 {
            card.submit((submitted % window as u64) as usize, rows)?;
            submitted += 1;
        }
        finished += card.poll()? as u64;
    }
    Ok(card.bar().cycles() - began)
}
