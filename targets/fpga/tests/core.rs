//! Generated cores under simulation: every beat, whatever the two sides do, and one value in a period.

mod common;

use common::{INPUT_BYTES, Random, grow, or_skip};
use fusewire_fpga::core::Core;
use fusewire_fpga::schedule::Timing;
use fusewire_fpga::simulation::{Drive, Stream};

struct Case {
    stream: Stream,
    core: Core,
    inputs: Vec<Vec<u8>>,
    expected: Vec<Vec<u8>>,
}

fn case(seed: u64, timing: &Timing) -> Option<Case> {
    let mut random = Random(seed);
    let inputs: Vec<_> = (0..400).map(|_| random.bytes(INPUT_BYTES as usize)).collect();
    let grown = grow(&mut random, 60, &inputs);
    let core = Core::new(format!("random_{seed}"), grown.netlist, timing);
    let stream = or_skip(Stream::open(&core, seed as u32))?;
    Some(Case { stream, core, inputs, expected: grown.expected })
}

/// Sends the values through while both sides hesitate; checks each beat, its order, its end of packet, and that what is
/// offered and not taken stays as it is.
fn send(case: &mut Case, offered: u64, ready: u64, seed: u64) {
    let mut random = Random(seed);
    let (mut sent, mut received) = (0, 0);
    let mut pending: Option<(Vec<u8>, bool)> = None;
    let mut offering = false;
    let ends = |at: usize| at % 7 == 6;
    while received < case.inputs.len() {
        // Once offered, a value stays until it is taken, as AXI-Stream asks.
        offering = sent < case.inputs.len() && (offering || random.chance(offered));
        let offer = offering.then(|| (case.inputs[sent].as_slice(), ends(sent)));
        let taking = random.chance(ready);
        let seen = case.stream.step(Drive { offer, ready: taking });
        if let Some(before) = pending.take() {
            assert_eq!(seen.offered.as_ref(), Some(&before), "what was not taken stays");
        }
        if seen.taken {
            sent += 1;
            offering = false;
        }
        if let Some((value, last)) = seen.offered {
            if taking {
                assert_eq!(value, case.expected[received], "value {received}");
                assert_eq!(last, ends(received), "the end of the packet, value {received}");
                received += 1;
            } else {
                pending = Some((value, last));
            }
        }
        assert!(received <= sent, "a result before its value");
        assert!(case.stream.cycles() < 1_000_000, "the core stands still");
    }
    for _ in 0..50 {
        assert_eq!(case.stream.step(Drive { offer: None, ready: true }).offered, None, "one result too many");
    }
}

#[test]
fn every_beat_is_right_under_random_back_pressure() {
    for (seed, timing) in [(1, Timing::ultrascale_plus(3_000)), (2, Timing::ice40(60_000))] {
        let Some(mut case) = case(seed, &timing) else { return };
        for (offered, ready) in [(100, 100), (50, 50), (90, 10), (10, 90), (30, 100), (100, 30)] {
            send(&mut case, offered, ready, seed + offered + 3 * ready);
        }
    }
}

#[test]
fn one_value_in_a_period_and_the_latency_as_reported() {
    let Some(mut case) = case(1, &Timing::ultrascale_plus(3_000)) else { return };
    let values: Vec<&[u8]> = case.inputs.iter().map(Vec::as_slice).collect();
    let run = case.stream.run(&values);
    assert_eq!(run.outputs, case.expected);
    assert_eq!(run.latency, u64::from(case.core.latency()));
    assert_eq!(run.total, run.latency + values.len() as u64, "initiation interval 1");
    assert!(case.core.latency() > 3, "deep enough to say something: {}", case.core.latency());
}

#[test]
fn a_reset_empties_the_core() {
    let Some(mut case) = case(1, &Timing::ultrascale_plus(3_000)) else { return };
    for input in case.inputs.iter().take(5) {
        case.stream.step(Drive { offer: Some((input, false)), ready: true });
    }
    case.stream.reset();
    for _ in 0..100 {
        assert_eq!(case.stream.step(Drive { offer: None, ready: true }).offered, None);
    }
    send(&mut case, 60, 60, 9);
}
