//! For build scripts: simulations that are linked into a program.
//!
//! The kernels stand in a file of their own, which the program has as a module and the build script includes:
//!
//! ```no_run
//! // build.rs
//! # mod kernels {
//! #     use fusewire::kernel::{Program, Refused};
//! #     pub fn program() -> Result<Program, Refused> { Program::new(&[]) }
//! # }
//! /* #[path = "src/kernels.rs"] mod kernels; */
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     println!("cargo:rerun-if-changed=src/kernels.rs");
//!     let timing = fusewire_fpga::schedule::Timing::ultrascale_plus(4_000);
//!     let core = fusewire_fpga::core_of(&kernels::program()?, &timing)?;
//!     fusewire_fpga::link::link(&[core])?;
//!     Ok(())
//! }
//! ```
//!
//! The program takes them by `include!(concat!(env!("OUT_DIR"), "/fusewire_cores.rs"));` and
//! [`Simulation::linked`](crate::simulation::Simulation::linked)`(CORES)`. Cores that are not among them are built when
//! they are opened, as ever.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use crate::core::Core;
use crate::shell::Shell;
use crate::simulation::{ToolError, archive, at, source};

/// Builds the simulations of these cores, tells cargo to link them, and writes `fusewire_cores.rs` into `OUT_DIR`, which
/// holds them as `CORES`.
///
/// Where Verilator or a compiler is missing there is a warning of cargo, and `CORES` is empty: the program builds.
///
/// # Errors
///
/// When Verilator or the compiler refuses a core, or files cannot be written; or this is no build script.
pub fn link(cores: &[Core]) -> Result<(), ToolError> {
    let missing = || std::io::Error::new(std::io::ErrorKind::NotFound, "it is set in build scripts only");
    let folder = at("OUT_DIR", std::env::var_os("OUT_DIR").ok_or_else(missing)).map(PathBuf::from)?;
    let sources: Vec<_> = cores.iter().map(|core| source(core, &Shell::new(core))).collect();
    let mut text = String::from("/// The simulations that are linked into this program.\n");
    text.push_str("pub static CORES: &[fusewire_fpga::simulation::Linked] = &[\n");
    match archive(&sources, "fusewire_cores", &folder) {
        Ok(()) => {
            for (core, source) in cores.iter().zip(&sources) {
                // Writing to a string does not fail.
                let _ = writeln!(text, "{}", linked(core, &source.symbol));
            }
            println!("cargo:rustc-link-search=native={}", folder.display());
            println!("cargo:rustc-link-lib=static=fusewire_cores");
            for library in ["stdc++", "pthread", "atomic"] {
                println!("cargo:rustc-link-lib=dylib={library}");
            }
        }
        Err(error @ ToolError::Missing { .. }) => {
            println!("cargo:warning=no simulated FPGA is linked: {error}");
        }
        Err(error) => return Err(error),
    }
    text.push_str("];\n");
    for variable in ["FUSEWIRE_VERILATOR", "CXX", "AR"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let path = folder.join("fusewire_cores.rs");
    at(&path, fs::write(&path, text))
}

/// The declarations of one core's functions, and the value made of them.
fn linked(core: &Core, symbol: &str) -> String {
    format!(
        "    {{
        unsafe extern \"C\" {{
            fn fusewire_{symbol}_new(seed: u32) -> *mut ::core::ffi::c_void;
            fn fusewire_{symbol}_delete(model: *mut ::core::ffi::c_void);
            fn fusewire_{symbol}_step(model: *mut ::core::ffi::c_void, inputs: *const u32, outputs: *mut u32);
        }}
        let entry = fusewire_fpga::simulation::Entry {{
            new: fusewire_{symbol}_new,
            delete: fusewire_{symbol}_delete,
            step: fusewire_{symbol}_step,
        }};
        // SAFETY: both were made from the same core by one call of `link`.
        unsafe {{ fusewire_fpga::simulation::Linked::new({:#018x}, entry) }}
    }},",
        core.id()
    )
}
