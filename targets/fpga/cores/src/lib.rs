//! Example kernels whose simulations are linked with the build.

pub mod kernels;

include!(concat!(env!("OUT_DIR"), "/fusewire_cores.rs"));
