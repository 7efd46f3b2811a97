//! Which GPU there is: prints its name and its driver's, or says why there is none and fails.
//!
//! `cargo run --example adapter`, with `cuda` or `opencl` behind `--` to ask for that driver alone. Watch for a name where
//! you expect one: a machine without a GPU may have a driver that is the cpu.

use std::process::ExitCode;

use fusewire_gpu::{Backend, Gpu};

fn main() -> ExitCode {
    let backend = match std::env::args().nth(1).as_deref() {
        None => Backend::Auto,
        Some("cuda") => Backend::Cuda,
        Some("opencl") => Backend::OpenCl,
        Some(other) => {
            eprintln!("adapter: {other} is neither cuda nor opencl");
            return ExitCode::from(2);
        }
    };
    let gpu = match Gpu::builder().backend(backend).build() {
        Ok(gpu) => gpu,
        Err(error) => {
            eprintln!("adapter: the system refused a thread: {error}");
            return ExitCode::from(2);
        }
    };
    match gpu.adapter() {
        Ok(adapter) => {
            println!("{}", adapter.name());
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
