//! The builder's simplifications change no value.

mod common;

use common::{INPUT_BYTES, Random, grow};

#[test]
fn random_netlists_compute_what_rust_does() {
    for seed in 0..400 {
        let mut random = Random(seed);
        let inputs: Vec<_> = (0..20).map(|_| random.bytes(INPUT_BYTES as usize)).collect();
        let grown = grow(&mut random, 60, &inputs);
        for (input, expected) in inputs.iter().zip(&grown.expected) {
            let output = grown.netlist.evaluate(input);
            for (number, (is, should)) in output.chunks(8).zip(expected.chunks(8)).enumerate() {
                assert_eq!(is, should, "seed {seed}, output {number}, input {input:x?}");
            }
        }
    }
}
