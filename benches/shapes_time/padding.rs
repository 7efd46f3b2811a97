//! How much the time of a loop depends on where its instructions fall.
//!
//! The loop of `chain` is bound by eight multiplications that all need one unit, and the processor
//! looks some three messages ahead. How evenly it does so depends on which of the instructions that are
//! issued together the multiplications are. A few no-ops, which cost nothing to run, move them.

use std::arch::asm;
use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::shapes::chain::{s1, s2, s3, s4, s5, s6, s7, s8};

/// Messages of one slice: about half a millisecond.
const MESSAGES: u64 = 200_000;

/// Slices of each twin; the fastest counts.
const SLICES: u32 = 40;

/// The twin of `chain`, with so many no-ops in its loop.
#[inline(never)]
fn hand<const NOPS: usize>(words: Range<u64>, stop: &AtomicBool) -> u64 {
    let mut sum = 0u64;
    for word in words {
        // ORDERING: relaxed, the flag is a hint.
        if stop.load(Ordering::Relaxed) {
            break;
        }
        sum = sum.wrapping_add(s8(s7(s6(s5(s4(s3(s2(s1(word)))))))));
        // SAFETY: no-ops.
        unsafe { asm!(".rept {}", "nop", ".endr", const NOPS, options(nomem, nostack, preserves_flags)) };
    }
    black_box(sum)
}

/// Prints what the twin of `chain` takes for a message with 0 to 8 no-ops in its loop.
pub(crate) fn report(stop: &AtomicBool) {
    let twins: [fn(Range<u64>, &AtomicBool) -> u64; 9] =
        [hand::<0>, hand::<1>, hand::<2>, hand::<3>, hand::<4>, hand::<5>, hand::<6>, hand::<7>, hand::<8>];
    let mut fastest = [Duration::MAX; 9];
    for _ in 0..SLICES {
        for (twin, fastest) in twins.iter().zip(&mut fastest) {
            let start = Instant::now();
            black_box(twin(0..black_box(MESSAGES), stop));
            *fastest = start.elapsed().min(*fastest);
        }
    }
    let each = fastest.map(|took| format!("{:.2}", took.as_nanos() as f64 / MESSAGES as f64));
    println!("\n`chain` by hand with 0 to 8 no-ops in its loop: {} ns", each.join(", "));
}
