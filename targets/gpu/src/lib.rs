//! GPUs as a target of [fusewire]: the kernels behind a hop, in batches, by OpenCL or CUDA.
//!
//! ```no_run
//! use fusewire::context::cpu::Cpu;
//! use fusewire::engine::Engine;
//! use fusewire::prelude::*;
//! use fusewire_gpu::Gpu;
//!
//! #[stage(kernel)]
//! fn double(n: u32) -> u32 {
//!     n * 2
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let gpu = Gpu::builder().rows(256).build()?;
//!     let compute = Cpu::builder().build()?;
//!     let graph = fuse! {
//!         from_iter(0..10_000).then(on(gpu).or_on(compute)).map(double)
//!     };
//!     let report = Engine::new().run(graph)?.join()?;
//!     println!("{} values", report.completed);
//!     Ok(())
//! }
//! ```
//!
//! A [`Gpu`] is a context with a thread of its own, on which its lanes gather, submit and poll. The
//! adapter is looked for when a graph is launched, not before: so a machine without one says so as a
//! [`DeviceError::NoDevice`](fusewire::device::DeviceError), and `or_on` has its say.
//!
//! | backend | what it needs at run time | a batch is |
//! |---|---|---|
//! | [`Backend::OpenCl`] | an OpenCL loader and driver; PoCL makes the cpu one | write, kernel, read, on an in-order queue; polled by an event |
//! | [`Backend::Cuda`], [`Latency::Graph`] | the CUDA driver, and NVRTC | one launch of a CUDA graph of copy, kernel, copy; polled by an event |
//! | [`Backend::Cuda`], [`Latency::Persistent`] | the same | a number written to mapped memory, which a kernel that stays on the device watches |
//!
//! Neither is linked: both are looked for when they are used. The program is the C that
//! [`fusewire::kernel::c`] makes of the kernels, consecutive ones in one; contraction of
//! floating point is off, so that `f32` is what the cpu computes.

mod adapter;
mod cuda;
mod gpu;
mod opencl;
mod queue;
mod settings;
mod staging;

pub use adapter::Adapter;
pub use gpu::Gpu;
pub use queue::GpuQueue;
pub use settings::{Backend, GpuBuilder, Latency};
