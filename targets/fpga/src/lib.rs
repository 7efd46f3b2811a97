//! Kernels of a fusewire graph on an FPGA.

pub mod core;
pub mod netlist;
pub mod schedule;
pub mod simulation;
pub mod verilog;
