//! Kernels of a fusewire graph on an FPGA.

pub mod core;
pub mod driver;
pub mod lower;
pub mod netlist;
pub mod schedule;
pub mod shell;
pub mod simulation;
pub mod verilog;
