//! Kernels: functions in a subset of Rust that devices run as well.
//!
//! `#[stage(kernel)]` leaves the function as it is, for hosts, and describes it, for devices. Both
//! give the same results, bit for bit; `docs/kernels.md` in the repository has the subset as a table
//! and the rules of exactness.
//!
//! ```text
//! #[stage(kernel)] ──▶ tree ──Program::new──▶ program ──▶ interpret
//!  (the macro)       no types   tables, types  typed       c::emit, and what targets write
//! ```
//!
//! - [`Data`] is what may enter a kernel, leave it and stand in its tables.
//! - [`Program`] is one or more kernels in a row, typed and checked. Targets lower it.
//! - [`interpret`](fn@interpret) runs a program slowly and exactly: lowerings are tested against it.
//! - [`c`] is the C that OpenCL C and CUDA C share.
//!
//! # Examples
//!
//! ```
//! use fusewire::kernel::{self, Program};
//! use fusewire::prelude::*;
//!
//! #[derive(Clone, Copy, kernel::Data)]
//! #[repr(C)]
//! struct Quote { bid: u32, ask: u32 }
//!
//! #[stage(kernel)]
//! fn middle(quote: Quote) -> u32 {
//!     quote.bid + (quote.ask - quote.bid) / 2
//! }
//!
//! #[stage(kernel)]
//! fn fee(price: u32, steps: &[u32]) -> u32 {
//!     price + steps[(price % 4) as usize]
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let steps = [1, 2, 4, 8];
//!     let program = Program::new(&[middle::bind().erased(), fee::bind(steps).erased()])?;
//!     let quote = Quote { bid: 100, ask: 106 };
//!     assert_eq!(kernel::interpret::<_, u32>(&program, &quote)?, 103 + 8);
//!     assert_eq!(fee(middle(quote), &steps), 103 + 8);
//!     Ok(())
//! }
//! ```

pub mod bound;
pub mod c;
pub mod data;
pub mod layout;
pub mod program;
pub mod tree;

mod arithmetic;
mod interpret;
mod lower;

pub use bound::{Bound, BoundFunction, Described, Kernel, Mapping, Table};
pub use data::Data;
pub use interpret::{Interpreter, Mismatch, interpret};
pub use layout::{Field, Layout, Scalar};
pub use program::{Program, Refused};

/// Says how a struct lies in memory, so that kernels can take it.
///
/// The struct has `#[repr(C)]`, is [`Copy`], has no type parameters, and its fields are
/// [data](trait@Data). Padding is never read and never shown to a device.
pub use fusewire_macros::Data;
