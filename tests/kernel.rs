//! Kernels mean the same everywhere: what `rustc` makes of a kernel, the interpreter, and the C that
//! devices compile give the same bits.
//!
//! Each case is one kernel or a chain of them, run on edge values and random ones. Where the host
//! panics (an overflow in a debug build, an index behind the end) the interpreter and C still agree.

#[path = "kernel/cases.rs"]
mod cases;
#[path = "kernel/compiled.rs"]
mod compiled;
#[path = "kernel/data.rs"]
mod data;
#[rustfmt::skip]
#[path = "kernel/generated.rs"]
mod generated;
#[path = "kernel/generator.rs"]
mod generator;
#[path = "kernel/harness.rs"]
mod harness;
#[path = "kernel/refusals.rs"]
mod refusals;

use compiled::{Build, Compiled};
use harness::{Case, same};

/// Rows that each case is run on.
const ROWS: usize = 3000;

fn all() -> Vec<Case> {
    let mut cases = cases::all();
    cases.extend(generated::all());
    cases
}

#[test]
fn the_interpreter_is_the_host() {
    let mut wrong = Vec::new();
    for case in &all() {
        let mut compared = 0;
        let mut interpreter = fusewire::kernel::Interpreter::new(&case.program);
        let mut output = vec![0; case.program.output().size()];
        for row in case.inputs(ROWS).chunks_exact(case.program.input().size()) {
            let Some(expected) = case.host(row) else { continue };
            compared += 1;
            interpreter.run(row, &mut output).unwrap();
            if !same(case.program.output(), &expected, &output, case.zeros_are_one) {
                wrong.push(format!("{}: {row:?} gives {output:?}, not {expected:?}", case.name));
                break;
            }
        }
        if compared < case.at_least {
            wrong.push(format!("{}: only {compared} rows were compared", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Compares the C of every case with the interpreter, on rows on which the host may panic as well.
fn compare(build: Build) {
    let cases = all();
    let Some(compiled) = Compiled::new(build, &cases) else { return };
    let mut wrong = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let inputs = case.inputs(ROWS);
        let outputs = compiled.outputs(at);
        let size = case.program.output().size();
        assert_eq!(outputs.len(), ROWS * size, "{}: all rows came back", case.name);
        let mut interpreter = fusewire::kernel::Interpreter::new(&case.program);
        let mut expected = vec![0; size];
        let rows = inputs.chunks_exact(case.program.input().size());
        for (row, output) in rows.zip(outputs.chunks_exact(size)) {
            interpreter.run(row, &mut expected).unwrap();
            if !same(case.program.output(), &expected, output, false) {
                wrong.push(format!("{}: {row:?} gives {output:?}, not {expected:?}", case.name));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn optimised_c_is_the_interpreter() {
    compare(Build::Optimised);
}

#[test]
fn c_has_no_undefined_behaviour() {
    compare(Build::Sanitised);
}

#[test]
fn there_are_enough_cases() {
    assert!(all().len() >= 60, "{} cases", all().len());
}
