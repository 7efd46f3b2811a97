//! Example kernels whose simulations are linked with the build, and what they take on devices.

use fusewire_fpga::report::{Report, ReportError};

pub mod kernels;

include!(concat!(env!("OUT_DIR"), "/fusewire_cores.rs"));

/// What the tools of synthesis said of these cores: `resources.tsv`, which `report.sh` makes anew.
///
/// # Errors
///
/// Never, as long as `report.sh` wrote the file.
pub fn report() -> Result<Report, ReportError> {
    Report::parse(include_str!("../resources.tsv"))
}
