//! Tick to trade: ITCH in MoldUDP64 comes in, a model scores the book, OUCH orders go out.
//!
//! Read [`parts`] to learn the job, [`engine`] to see it done. `README.md` beside this file says what is measured and how.

pub mod args;
pub mod engine;
pub mod exchange;
pub mod gateway;
pub mod parts;
pub mod placement;
pub mod program;
pub mod report;
pub mod rows;
pub mod schedule;

use std::process::ExitCode;

use fusewire::device::reference::Reference;
use parts::device::Numbers;

fn main() -> ExitCode {
    program::run("reference", Numbers::Float, || Reference::builder().rows(16).build())
}
