//! Example kernels: what the table of resources in `docs/fpga.md` is made of.

use fusewire::kernel::{self, Program, Refused};
use fusewire::prelude::*;
use fusewire_fpga::schedule::Timing;

/// A price of a book, in ticks, and how much there is.
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Level {
    /// In ticks.
    pub price: i32,
    /// In lots.
    pub size: u32,
}

/// The last eight prices, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Prices {
    /// In ticks.
    pub last: [i32; 8],
}

/// Eight features, as order-preserving keys.
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Features {
    /// The keys.
    pub keys: [i32; 8],
}

/// A node of a tree whose children are at `2 at + 1` and `2 at + 2`.
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Split {
    /// Which feature is compared.
    pub feature: u32,
    /// With what; smaller goes left.
    pub threshold: i32,
}

/// The weights of [`weighted`](fn@weighted), with 16 bits behind the point.
pub const WEIGHTS: [i32; 8] = [26_214, 15_729, 9_437, 5_662, 3_397, 2_038, 1_223, 734];

/// A price in ticks as one with 16 bits behind the point: times 1.25, and an offset.
#[stage(kernel)]
pub fn scale(level: Level) -> i32 {
    level.price.wrapping_mul(81_920).wrapping_add(12_345)
}

/// A weighted sum of the last prices, rounded to ticks.
#[allow(clippy::needless_range_loop, reason = "a kernel loops over a range")]
#[stage(kernel)]
pub fn weighted(prices: Prices) -> i32 {
    let mut sum = 32_768i64;
    for i in 0..8 {
        sum += (prices.last[i] as i64) * (WEIGHTS[i] as i64);
    }
    (sum >> 16) as i32
}

/// The bits of an `f32` as an integer in the same order.
#[stage(kernel)]
pub fn key(bits: i32) -> i32 {
    bits ^ (((bits >> 31) as u32) >> 1) as i32
}

/// A tree of four levels, in fixed point.
#[stage(kernel)]
pub fn tree(row: Features, splits: &[Split], leaves: &[i32]) -> i32 {
    let mut at = 0u32;
    for _ in 0..4 {
        let split = splits[at as usize];
        let right = row.keys[(split.feature & 7) as usize] >= split.threshold;
        at = at * 2 + 1 + right as u32;
    }
    leaves[(at - 15) as usize]
}

/// The tree's splits: any will do.
pub fn splits() -> Vec<Split> {
    let split = |at: u32| Split { feature: at * 5 % 8, threshold: (at as i32 * 7_919) % 100_000 - 20_000 };
    (0..15).map(split).collect()
}

/// The tree's leaves.
pub fn leaves() -> Vec<i32> {
    (0..16).map(|at| (at * at * 331) % 4_096 - 2_048).collect()
}

/// What the cores are made for: an UltraScale+ at 250 MHz.
pub fn timing() -> Timing {
    Timing::ultrascale_plus(4_000)
}

/// The kernels as programs, by name.
///
/// # Errors
///
/// Never, as long as they are kernels.
pub fn programs() -> Result<Vec<(&'static str, Program)>, Refused> {
    Ok(vec![
        ("scale", Program::new(&[scale::bind().erased()])?),
        ("weighted", Program::new(&[weighted::bind().erased()])?),
        ("key", Program::new(&[key::bind().erased()])?),
        ("tree", Program::new(&[tree::bind(splits(), leaves()).erased()])?),
        ("weighted_key", Program::new(&[weighted::bind().erased(), key::bind().erased()])?),
    ])
}
