//! The main job of fusewire with rows scored on a simulated FPGA: `examples/tick_to_trade`, a hop more.
//!
//! `cargo run --release --example tick_to_trade -- --compute fpga`; `--help` lists the options. Watch for the order count, which
//! is the cpu's with `--leaves exact`, and for where the time from packet to order goes.

// The program is that of the root, file by file: its modules name each other from the root of the crate.
#[path = "../../../examples/tick_to_trade/args.rs"]
pub mod args;
#[path = "../../../examples/tick_to_trade/engine.rs"]
pub mod engine;
#[path = "../../../examples/tick_to_trade/exchange.rs"]
pub mod exchange;
#[path = "../../../examples/tick_to_trade/gateway.rs"]
pub mod gateway;
#[path = "../../../examples/tick_to_trade/parts.rs"]
#[allow(unused_imports, reason = "the example of the models uses the rest")]
pub mod parts;
#[path = "../../../examples/tick_to_trade/placement.rs"]
pub mod placement;
#[path = "../../../examples/tick_to_trade/program.rs"]
pub mod program;
#[path = "../../../examples/tick_to_trade/report.rs"]
pub mod report;
#[path = "../../../examples/tick_to_trade/rows.rs"]
pub mod rows;
#[path = "../../../examples/tick_to_trade/schedule.rs"]
pub mod schedule;

use std::process::ExitCode;

use fusewire_fpga::Fpga;
use parts::device::Numbers;

fn main() -> ExitCode {
    program::run("fpga", Numbers::Fixed, || Fpga::simulated().build())
}
