//! The models of fusewire's own example, on a GPU.
//!
//! `cargo run --release --example models`; `-- --check` compares, `-- --first N` takes fewer rows. Watch for the
//! margins of the trees, which are XGBoost's to the bit on the device too.

#[path = "../../../examples/models/parts.rs"]
#[allow(dead_code, reason = "the example of the cpu uses the rest")]
pub mod parts;

use std::process::ExitCode;

use fusewire_gpu::Gpu;
use parts::program::{Numbers, run, show_on_device};

fn main() -> ExitCode {
    let gpu = || Gpu::builder().rows(1024).build().map_err(|error| error.to_string());
    run(Some(("gpu", &mut |case, args| show_on_device(case, args, Numbers::All, gpu))))
}
