//! Every kernel of the core's own tests on every device, in every manner: each operation at each width, each form
//! of the subset, and kernels written at random give the bits of the interpreter.

#[path = "../../../tests/kernel/cases.rs"]
mod cases;
#[rustfmt::skip]
#[path = "../../../tests/kernel/generated.rs"]
mod generated;
#[allow(dead_code, reason = "the core's tests use more of it")]
#[path = "../../../tests/kernel/harness.rs"]
mod harness;

use std::time::{Duration, Instant};

use fusewire::device::{Device, DeviceError, Queue};
use fusewire::kernel::Interpreter;
use fusewire_gpu::{Backend, Gpu, Latency};
use harness::{Case, same};

/// Rows of each case.
const ROWS: usize = 1000;

/// The rows that the device makes of a case.
fn outputs(gpu: &Gpu, case: &Case, inputs: &[u8]) -> Result<Vec<u8>, DeviceError> {
    let mut queue = gpu.open(&case.program)?;
    assert!(queue.batching().rows >= ROWS, "a batch takes all rows");
    queue.input(0)[..inputs.len()].copy_from_slice(inputs);
    queue.submit(0, ROWS)?;
    let until = Instant::now() + Duration::from_secs(20);
    while queue.poll()? == 0 {
        assert!(Instant::now() < until, "{}: the batch ends", case.name);
        std::thread::yield_now();
    }
    Ok(queue.output(0)[..ROWS * case.program.output().size()].to_vec())
}

fn every_operation(backend: Backend, latency: Latency) {
    let gpu = Gpu::builder().backend(backend).latency(latency).rows(ROWS).window(1).build().unwrap();
    if let Err(error) = gpu.adapter() {
        eprintln!("SKIPPED: every operation on {backend:?} by {latency:?}: {error}");
        return;
    }
    let mut wrong = Vec::new();
    for case in cases::all().iter().chain(&generated::all()) {
        let inputs = case.inputs(ROWS);
        let outputs = match outputs(&gpu, case, &inputs) {
            Ok(outputs) => outputs,
            Err(error) => {
                wrong.push(format!("{}: {error}", case.name));
                continue;
            }
        };
        let mut interpreter = Interpreter::new(&case.program);
        let size = case.program.output().size();
        let mut expected = vec![0; size];
        let rows = inputs.chunks_exact(case.program.input().size());
        for (row, output) in rows.zip(outputs.chunks_exact(size)) {
            interpreter.run(row, &mut expected).unwrap();
            // On the device of this test, the host is the reference as well, where it does not panic.
            let host = case.host(row);
            let agrees =
                host.is_none_or(|host| same(case.program.output(), &host, output, case.zeros_are_one));
            if !agrees || !same(case.program.output(), &expected, output, false) {
                wrong.push(format!("{}: {row:?} gives {output:?}, not {expected:?}", case.name));
                break;
            }
        }
    }
    gpu.end();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operation_gives_the_same_bits() {
    every_operation(Backend::OpenCl, Latency::Graph);
}

#[test]
fn every_operation_gives_the_same_bits_on_cuda() {
    every_operation(Backend::Cuda, Latency::Graph);
}

#[test]
fn every_operation_gives_the_same_bits_in_a_kernel_that_stays() {
    every_operation(Backend::Cuda, Latency::Persistent);
}
