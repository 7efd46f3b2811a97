//! From C to PTX, by NVRTC; needs no device.

use cudarc::nvrtc::{CompileError, CompileOptions, Ptx, compile_ptx_with_opts, sys};
use fusewire::kernel::Program;
use fusewire::kernel::c::Source;

/// Why there is no PTX.
#[derive(Debug)]
pub(crate) enum Failed {
    /// NVRTC is not installed.
    NoCompiler,
    /// NVRTC refused the text; this is what it said.
    Refused(String),
}

/// The name that NVRTC has for a compute capability, or for the last before it that it knows: what is
/// compiled for that runs on later devices too.
pub(crate) fn arch_of((major, minor): (i32, i32)) -> String {
    let wanted = 10 * major + minor;
    let known = known().into_iter().filter(|&known| known <= wanted).max();
    format!("compute_{}", known.unwrap_or(wanted))
}

/// The capabilities that NVRTC compiles for; none if it is not installed.
fn known() -> Vec<i32> {
    // SAFETY: it only opens the library.
    if !unsafe { sys::is_culib_present() } {
        return Vec::new();
    }
    let mut count = 0;
    // SAFETY: `count` is there to be written.
    let counted = unsafe { sys::nvrtcGetNumSupportedArchs(&raw mut count) }.result();
    let mut known = vec![0; usize::try_from(count).unwrap_or(0)];
    if counted.is_err() || known.is_empty() {
        return Vec::new();
    }
    // SAFETY: there is room for as many as there are.
    let listed = unsafe { sys::nvrtcGetSupportedArchs(known.as_mut_ptr()) }.result();
    listed.map_or_else(|_| Vec::new(), |()| known)
}

/// The PTX of `text` for `arch`.
pub(crate) fn compile(text: &str, arch: &str, flags: &[&str]) -> Result<Ptx, Failed> {
    // SAFETY: it only opens the library.
    if !unsafe { sys::is_culib_present() } {
        return Err(Failed::NoCompiler);
    }
    let mut options: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    options.push(format!("--gpu-architecture={arch}"));
    let options = CompileOptions { options, ..CompileOptions::default() };
    compile_ptx_with_opts(text, options).map_err(|error| {
        Failed::Refused(match error {
            CompileError::CompileError { log, .. } => log.to_string_lossy().into_owned(),
            other => other.to_string(),
        })
    })
}

const PERSISTENT: &str = "fusewire_persistent";

/// The program with a kernel that stays on the device, and the kernel's name.
///
/// It takes the bells and the answers, one word of 64 bits for each slot, in memory that the host
/// shares; a count for each slot, in the device's memory; the base of all inputs and of all
/// outputs, and the bytes from slot to slot; the number of slots; and the tables.
///
/// A bell holds the number of a batch in its upper half, and the rows in its lower. Batches are numbered
/// from 1, and go from slot to slot. All ones ends the kernel.
pub(crate) fn persistent_source(program: &Program, source: &Source) -> (String, &'static str) {
    let (input, output, row) = (&source.input, &source.output, source.row);
    let tables: Vec<_> = (0..program.tables().len()).collect();
    // The types of the tables' elements are known to `row` alone: they arrive as plain pointers.
    let params: String = tables.iter().map(|at| format!(", const void* t{at}")).collect();
    let passed: String = tables.iter().map(|at| format!(", fw_any{{t{at}}}")).collect();
    let text = format!(
        r#"{program}
struct fw_any {{
  const void* to;
  template <typename T> __device__ operator const T*() const {{ return (const T*)to; }}
}};
extern "C" __global__ void {PERSISTENT}(
    volatile unsigned long long* bells, volatile unsigned long long* answers, unsigned int* counts,
    const unsigned char* inputs, unsigned char* outputs,
    const unsigned long long input_step, const unsigned long long output_step,
    const unsigned int window{params}) {{
  __shared__ unsigned long long rung;
  unsigned int number = 1, slot = 0;
  for (;;) {{
    if (threadIdx.x == 0) {{
      unsigned long long bell;
      do {{
        bell = bells[slot];
      }} while ((unsigned int)(bell >> 32) != number && bell != ~0ull);
      __threadfence_system();
      rung = bell;
    }}
    __syncthreads();
    const unsigned long long bell = rung;
    __syncthreads();
    if (bell == ~0ull) return;
    const unsigned int rows = (unsigned int)bell;
    const {input}* in = (const {input}*)(inputs + slot * input_step);
    {output}* out = ({output}*)(outputs + slot * output_step);
    const unsigned long long step = gridDim.x * blockDim.x;
    for (unsigned long long i = blockIdx.x * blockDim.x + threadIdx.x; i < rows; i += step) {{
      out[i] = {row}(in[i]{passed});
    }}
    __threadfence_system();
    __syncthreads();
    if (threadIdx.x == 0 && atomicAdd(&counts[slot], 1u) == gridDim.x - 1) {{
      counts[slot] = 0;
      __threadfence_system();
      answers[slot] = number;
    }}
    number = number == 0xfffffffeu ? 1 : number + 1;
    slot = slot + 1 == window ? 0 : slot + 1;
  }}
}}
"#,
        program = source.text,
    );
    (text, PERSISTENT)
}

#[cfg(test)]
mod tests;
