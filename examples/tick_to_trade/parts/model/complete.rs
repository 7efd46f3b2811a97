//! Trees of up to six levels as complete trees: 63 splits in breadth-first order, 64 leaves.
//!
//! A leaf above the sixth level is repeated under splits that do not matter. Then every tree is the same
//! straight-line code, a row takes the same time whatever it holds, and trees overlap in the processor:
//! nothing depends on the tree before but the last addition.
//!
//! With AVX-512 all 63 splits of a tree are decided at once (the row lies in two registers, so fetching the
//! feature of 16 splits is one permutation) and the answers are one 64-bit word per tree. Eight trees then go
//! down their words together, six shifts each.

use super::super::features::Row;
use super::Tree;

const LEVELS: usize = 6;
const LEAVES: usize = 1 << LEVELS;
/// Trees that go down together.
const GROUP: usize = 8;

/// Splits by position, the root at 1, children of `i` at `2i` and `2i + 1`; position 0 is not used.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
struct Splits {
    below: [f32; LEAVES],
    feature: [u8; LEAVES],
}

/// The leaves of a tree, left to right.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
struct Leaves([f32; LEAVES]);

/// All trees, in file order, filled up to whole groups.
#[derive(Debug)]
pub struct Complete {
    base: f32,
    trees: usize,
    splits: Vec<[Splits; GROUP]>,
    leaves: Vec<[Leaves; GROUP]>,
    vectors: bool,
}

impl Complete {
    /// `None` if a tree is deeper than six levels.
    pub(super) fn new(base: f32, trees: &[Tree]) -> Option<Complete> {
        let empty = Splits { below: [0.0; LEAVES], feature: [0; LEAVES] };
        let mut splits = vec![core::array::from_fn(|_| empty.clone()); trees.len().div_ceil(GROUP)];
        let mut leaves = vec![core::array::from_fn(|_| Leaves([0.0; LEAVES])); splits.len()];
        for (number, tree) in trees.iter().enumerate() {
            let (group, lane) = (number / GROUP, number % GROUP);
            fill(tree, 0, 1, &mut splits[group][lane], &mut leaves[group][lane])?;
        }
        Some(Complete { base, trees: trees.len(), splits, leaves, vectors: vectors_work() })
    }

    pub(super) fn describe(&self) -> &'static str {
        if self.vectors { "63 splits at once by AVX-512, 8 trees abreast" } else { "without branches, 8 trees abreast" }
    }

    /// The margin of a row that holds no NaN.
    #[inline]
    pub(super) fn margin(&self, row: &Row) -> f32 {
        #[cfg(target_arch = "x86_64")]
        if self.vectors {
            // SAFETY: `vectors` is true only if the processor has every feature that the function asks for.
            return unsafe { self.margin_by_vectors(row) };
        }
        self.margin_portable(row)
    }

    /// The same in plain Rust.
    #[inline]
    pub(super) fn margin_portable(&self, row: &Row) -> f32 {
        let mut margin = self.base;
        let mut left = self.trees;
        for (splits, leaves) in self.splits.iter().zip(&self.leaves) {
            let mut at = [1_usize; GROUP];
            for _ in 0..LEVELS {
                for (at, splits) in at.iter_mut().zip(splits) {
                    // The masks change nothing, a position is below 64 and a feature below 23: they spare the checks.
                    let split = *at % LEAVES;
                    let x = row.0[usize::from(splits.feature[split]) % 32];
                    *at = 2 * *at + usize::from(x >= splits.below[split]);
                }
            }
            margin = add_leaves(margin, &at, leaves, left.min(GROUP));
            left -= left.min(GROUP);
        }
        margin
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq")]
    fn margin_by_vectors(&self, row: &Row) -> f32 {
        use core::arch::x86_64::*;
        let part = |from: usize| -> __m512 {
            // SAFETY: a row has 32 values, and `from` is 0 or 16.
            unsafe { _mm512_loadu_ps(row.0.as_ptr().add(from)) }
        };
        let (low, high) = (part(0), part(16));
        let one = _mm512_set1_epi64(1);
        let mut margin = self.base;
        let mut left = self.trees;
        for (splits, leaves) in self.splits.iter().zip(&self.leaves) {
            let mut words = [0_u64; GROUP];
            for (word, splits) in words.iter_mut().zip(splits) {
                for quarter in 0..4 {
                    let from = 16 * quarter;
                    // SAFETY: there are 64 features, of one byte each, and `from` is at most 48.
                    let features = unsafe { _mm_loadu_si128(splits.feature.as_ptr().add(from).cast()) };
                    // SAFETY: there are 64 thresholds, and `from` is at most 48.
                    let below = unsafe { _mm512_loadu_ps(splits.below.as_ptr().add(from)) };
                    let x = _mm512_permutex2var_ps(low, _mm512_cvtepu8_epi32(features), high);
                    *word |= u64::from(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(x, below)) << from;
                }
            }
            // SAFETY: `words` is 64 bytes.
            let words = unsafe { _mm512_loadu_si512(words.as_ptr().cast()) };
            let mut at = one;
            for _ in 0..LEVELS {
                let answer = _mm512_and_si512(_mm512_srlv_epi64(words, at), one);
                at = _mm512_or_si512(_mm512_slli_epi64::<1>(at), answer);
            }
            let mut positions = [0_usize; GROUP];
            // SAFETY: `positions` is 64 bytes.
            unsafe { _mm512_storeu_si512(positions.as_mut_ptr().cast(), at) };
            margin = add_leaves(margin, &positions, leaves, left.min(GROUP));
            left -= left.min(GROUP);
        }
        margin
    }
}

/// Adds the leaves of a group in file order; only the last group may be short of eight.
#[inline(always)]
fn add_leaves(mut margin: f32, at: &[usize; GROUP], leaves: &[Leaves; GROUP], trees: usize) -> f32 {
    if trees == GROUP {
        for (at, leaves) in at.iter().zip(leaves) {
            margin += leaves.0[at % LEAVES];
        }
    } else {
        for (at, leaves) in at.iter().zip(leaves).take(trees) {
            margin += leaves.0[at % LEAVES];
        }
    }
    margin
}

/// Lays the subtree at `node` out under `position`; `None` if it is too deep.
fn fill(tree: &Tree, node: usize, position: usize, splits: &mut Splits, leaves: &mut Leaves) -> Option<()> {
    let this = tree[node];
    let Some([left, right]) = this.children else {
        // All leaves under `position` are this one: as many as there are paths from here to the sixth level.
        let below = LEVELS - position.ilog2() as usize;
        let first = (position << below) - LEAVES;
        leaves.0[first..first + (1 << below)].fill(this.value);
        return Some(());
    };
    if position >= LEAVES {
        return None;
    }
    splits.below[position] = this.value;
    splits.feature[position] = this.feature;
    fill(tree, left as usize, 2 * position, splits, leaves)?;
    fill(tree, right as usize, 2 * position + 1, splits, leaves)
}

#[cfg(target_arch = "x86_64")]
fn vectors_work() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512dq")
}

#[cfg(not(target_arch = "x86_64"))]
fn vectors_work() -> bool {
    false
}
