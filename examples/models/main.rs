//! Real models on the cpu: answers compared with the reference, and what a row costs.
//!
//! `README.md` beside this file says what the models are and where else they run.

pub mod parts;

use std::process::ExitCode;

fn main() -> ExitCode {
    parts::program::run(None)
}
