//! The builder's simplifications change no value.

mod common;

use common::{INPUT_BYTES, Random, grow};
use fusewire_fpga::netlist::Builder;
use fusewire_fpga::schedule::{Schedule, Timing};

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

/// Sums in loops, of every width, some cut and some extended on the way: balancing them loses no carry and adds none.
#[test]
fn long_sums_are_what_they_were() {
    for seed in 0..300 {
        let mut random = Random(seed + 1_000);
        let mut builder = Builder::new(INPUT_BYTES, 64);
        let input = random.bytes(INPUT_BYTES as usize);
        let byte = |at: usize| u64::from(input[at % 32]);
        let mut sums: Vec<_> = (0..3).map(|_| (builder.constant(random.word(8).into(), 8), 8u32)).collect();
        let mut values: Vec<u64> = sums.iter().map(|(id, _)| builder.known(*id).unwrap() as u64).collect();
        for step in 0..60usize {
            let which = random.below(3) as usize;
            let (sum, width) = sums[which];
            let mask = |width: u32| u64::MAX >> (64 - width);
            let (next, value, wide) = match random.below(8) {
                // Wider or narrower from here on.
                0 => {
                    let wide = random.pick(&[8, 16, 32, 64]);
                    (builder.resize(sum, wide, false), values[which] & mask(wide), wide)
                }
                // The sum of two sums, one of which is read again.
                1 => {
                    let other = (which + 1) % 3;
                    let id = builder.resize(sums[other].0, width, false);
                    (builder.add(sum, id), values[which].wrapping_add(values[other] & mask(width)), width)
                }
                2 => {
                    let number = random.word(width);
                    let id = builder.constant(number.into(), width);
                    (builder.add(sum, id), values[which].wrapping_add(number), width)
                }
                _ => {
                    let id = builder.input((step as u32 % 32) * 8, 8);
                    let id = builder.zero_extend(id, width);
                    (builder.add(sum, id), values[which].wrapping_add(byte(step)), width)
                }
            };
            sums[which] = (next, wide);
            values[which] = value & mask(wide);
        }
        let mut expected = vec![0; 64];
        for (at, ((id, width), value)) in sums.iter().zip(&values).enumerate() {
            builder.output(*id, at as u32 * 64);
            let bytes = (*width / 8) as usize;
            expected[at * 8..at * 8 + bytes].copy_from_slice(&value.to_le_bytes()[..bytes]);
        }
        assert_eq!(builder.finish().evaluate(&input), expected, "seed {seed}");
    }
}

#[test]
fn a_sum_in_a_loop_takes_a_logarithm() {
    let mut builder = Builder::new(256, 4);
    let mut sum = builder.constant(7, 32);
    for word in 0..64 {
        let value = builder.input(word * 32, 32);
        sum = builder.add(sum, value);
    }
    builder.output(sum, 0);
    // One addition in a stage.
    let timing = Timing { period: 1_400, ..Timing::ultrascale_plus(0) };
    let schedule = Schedule::new(&builder.finish(), &timing);
    assert_eq!(schedule.latency(), 7);
}
