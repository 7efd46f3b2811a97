//! The trees of `examples/models` on a simulated FPGA: the same kernel, in fixed point with exact thresholds.
//!
//! Watch for `yes` in the table: the sums are those of the kernel on the cpu, bit for bit. `--inspect` shows the latency of
//! each model's core. A core's simulation is built when it is first needed, which takes a while for a large model.

use std::process::ExitCode;

use fusewire_fpga::Fpga;

#[path = "../../../examples/models/parts.rs"]
#[allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_debug_implementations,
    reason = "they are parts of another program, and the cpu's scorers are not used here"
)]
mod parts;

use parts::program::{Numbers, run, show_on_device};

fn main() -> ExitCode {
    run(Some(("fpga", &mut |case, args| {
        let fpga = || Fpga::simulated().build().map_err(|error| error.to_string());
        show_on_device(case, args, Numbers::Integers, fpga)
    })))
}
