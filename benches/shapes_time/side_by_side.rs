//! The shapes of one core, both forms in turn in slices of a millisecond.

use std::time::{Duration, Instant};

use super::Shape;
use super::pin::{involuntary_switches, pin, two_cores};
use super::samples::confident;

/// Time for all shapes if nobody asks for another.
pub(crate) const SECONDS: f64 = 4.0;

/// A slice is about as long.
const SLICE: Duration = Duration::from_millis(1);

/// Prints nanoseconds per message and the ratios.
pub(crate) fn report(shapes: &mut [Shape<'_>], budget: Duration, markdown: bool) {
    if let Ok([core, _]) = two_cores() {
        pin(core);
    }
    if markdown {
        println!("| shape | fused, ns | by hand, ns | ratio (95 %) |");
        println!("|---|---|---|---|");
    }
    let budget = budget / shapes.len() as u32;
    for shape in shapes {
        let Some((fused, hand, [low, ratio, high], n)) = compare(shape, budget) else {
            eprintln!("SKIPPED: {}: every slice was disturbed", shape.name);
            continue;
        };
        let name = shape.name;
        if markdown {
            println!("| `{name}` | {fused:.1} | {hand:.1} | {ratio:.3} ({low:.3}-{high:.3}) |");
        } else {
            println!(
                "{name:10} fused {fused:8.2} ns  hand {hand:8.2} ns  ratio {ratio:.3}, 95 % between {low:.3} and {high:.3} ({n} pairs)"
            );
        }
    }
}

/// Medians of both forms in nanoseconds per message, their ratio, and the pairs that counted.
fn compare(shape: &mut Shape<'_>, budget: Duration) -> Option<(f64, f64, [f64; 3], usize)> {
    let mut messages = 64;
    while (shape.hand)(messages).0 < SLICE {
        messages *= 2;
    }
    let (mut fused, mut hand, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let start = Instant::now();
    let mut turn = 0_u32;
    while turn < 2 || start.elapsed() < budget {
        let before = involuntary_switches();
        // Each form is the first of a pair every other time.
        let (ours, theirs) = if turn.is_multiple_of(2) {
            let ours = (shape.fused)(messages).0;
            (ours, (shape.hand)(messages).0)
        } else {
            let theirs = (shape.hand)(messages).0;
            ((shape.fused)(messages).0, theirs)
        };
        turn += 1;
        if involuntary_switches() == before {
            let each = |took: Duration| took.as_nanos() as f64 / messages as f64;
            fused.push(each(ours));
            hand.push(each(theirs));
            ratios.push(ours.as_secs_f64() / theirs.as_secs_f64());
        }
    }
    let n = ratios.len();
    Some((confident(fused)?[1], confident(hand)?[1], confident(ratios)?, n))
}
