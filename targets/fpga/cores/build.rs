//! Builds the simulations of the example kernels, to be linked.

#[allow(dead_code, reason = "the program uses more of it than the build does")]
#[path = "src/kernels.rs"]
mod kernels;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=src/kernels.rs");
    let timing = kernels::timing();
    let mut cores = Vec::new();
    for (_, program) in kernels::programs()? {
        cores.push(fusewire_fpga::core_of(&program, &timing)?);
    }
    fusewire_fpga::link::link(&cores)?;
    Ok(())
}
