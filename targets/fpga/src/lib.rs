//! Kernels of a fusewire graph on an FPGA.
//!
//! `then(on(fpga))` in place of `then(on(compute))`: the kernels behind it become a pipelined core in SystemVerilog,
//! which takes one value in each period of its clock, and whose results are those of the Rust functions, bit for bit.
//! Cards are [simulated](simulation) cycle by cycle inside the process, or real; one [`driver`] contract serves both.
//!
//! ```text
//!  #[stage(kernel)] ─▶ Program ─lower─▶ Netlist ─schedule─▶ Core ─▶ SystemVerilog
//!     (fusewire)                    (no time)    (stages)      ├─▶ synthesis: yosys, vendors' tools
//!                                                              └─▶ simulation: Verilator, in this process
//!  lane on Fpga ─▶ FpgaQueue ─▶ Card ─▶ registers, descriptor ring, DMA memory ─▶ shell ─▶ core
//! ```
//!
//! - [`Fpga`] is the scheduler and the device.
//! - [`lower`] turns a program into a [`netlist`], [`schedule`] puts that into stages, [`verilog`] prints it; [`core`]
//!   is the result, [`shell`] what stands between it and a host.
//! - [`report`] is what the tools of synthesis say of cores, for the inspection of graphs.
//! - [`driver`] is the contract of cards; [`simulation`] and [`xdma`] keep it.
//!
//! Integers and fixed point only: a kernel that computes with `f32` is refused with its stage and its line.

pub mod core;
pub mod driver;
pub mod link;
pub mod lower;
pub mod netlist;
mod queue;
pub mod report;
pub mod schedule;
pub mod shell;
pub mod simulation;
mod target;
pub mod verilog;
pub mod xdma;

pub use queue::FpgaQueue;
pub use target::{Fpga, FpgaBuilder, FpgaError, core_of};
