//! The parts of the example, for this program, for those of the same name in `targets/`, and for the tests.
//!
//! | what is scored | on the cpu | on devices |
//! |---|---|---|
//! | [`files`]: a model, its rows, the reference | [`forest`], [`mlp`], [`cpu`] | [`kernels`], [`device`] |

#[path = "cpu.rs"]
pub mod cpu;
#[path = "device.rs"]
pub mod device;
#[path = "files.rs"]
pub mod files;
#[path = "forest.rs"]
pub mod forest;
#[path = "kernels.rs"]
pub mod kernels;
#[path = "mlp.rs"]
pub mod mlp;
#[path = "program.rs"]
pub mod program;

/// The folder of the repository.
pub fn root() -> &'static std::path::Path {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().find(|folder| folder.join("examples/models").exists()).unwrap_or(here)
}
