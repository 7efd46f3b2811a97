//! The splits of a tree answered all at once, by rank.
//!
//! A split asks whether `x` reaches a threshold. Sort all thresholds of a feature; let the *rank* of `x` be how many
//! of them it reaches. Then `x` reaches the k-th if and only if its rank is at least k: the same answer, exactly,
//! from two bytes instead of two floats. So a row is ranked once, which takes one vector comparison per 16
//! thresholds, and after that the 63 splits of a tree are one byte permutation (fetch the ranks) and one byte
//! comparison, whose answers are one 64-bit word. Eight trees then go down their words together, six shifts each.

use super::super::features::Row;
use super::complete::{GROUP, LEAVES, LEVELS, Leaves, Splits, add_leaves};

/// The splits of a tree by position, as in [`Splits`], with ranks for thresholds.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
struct Ranks {
    feature: [u8; LEAVES],
    rank: [u8; LEAVES],
}

/// Sixteen thresholds.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
struct Thresholds([f32; 16]);

/// A model that this processor can score by rank.
#[derive(Debug)]
pub(super) struct Ranked {
    /// The thresholds of each feature in turn, ascending, each feature filled up with infinity.
    thresholds: Vec<Thresholds>,
    /// Where the thresholds of a feature end.
    ends: [u32; 32],
    trees: Vec<[Ranks; GROUP]>,
}

impl Ranked {
    /// `None` if the processor lacks the instructions or a feature has more thresholds than a byte counts.
    pub(super) fn new(splits: &[[Splits; GROUP]]) -> Option<Ranked> {
        if !is_supported() {
            return None;
        }
        let mut sorted: [Vec<f32>; 32] = Default::default();
        for splits in splits.iter().flatten() {
            for (&feature, &below) in splits.feature.iter().zip(&splits.below) {
                sorted[usize::from(feature)].push(below);
            }
        }
        let (mut thresholds, mut ends) = (Vec::new(), [0; 32]);
        for (values, end) in sorted.iter_mut().zip(&mut ends) {
            values.sort_by(f32::total_cmp);
            values.dedup();
            if values.len() > usize::from(u8::MAX) {
                return None;
            }
            for part in values.chunks(16) {
                let mut filled = [f32::INFINITY; 16];
                filled[..part.len()].copy_from_slice(part);
                thresholds.push(Thresholds(filled));
            }
            *end = thresholds.len() as u32;
        }
        let rank = |splits: &Splits, at: usize| {
            let sorted = &sorted[usize::from(splits.feature[at])];
            sorted.partition_point(|&value| value <= splits.below[at]) as u8
        };
        let ranks = |splits: &Splits| Ranks {
            feature: splits.feature,
            rank: core::array::from_fn(|at| rank(splits, at)),
        };
        let trees = splits.iter().map(|group| core::array::from_fn(|lane| ranks(&group[lane]))).collect();
        Some(Ranked { thresholds, ends, trees })
    }

    /// The margin of a row that holds neither NaN nor infinity.
    #[inline]
    pub(super) fn margin(&self, row: &Row, base: f32, trees: usize, leaves: &[[Leaves; GROUP]]) -> f32 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `new` gives a value only if the processor has every feature that the function asks for.
        return unsafe { self.margin_by_vectors(row, base, trees, leaves) };
        #[cfg(not(target_arch = "x86_64"))]
        unreachable!("`new` gives no value here")
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,popcnt")]
    fn margin_by_vectors(&self, row: &Row, base: f32, mut left: usize, leaves: &[[Leaves; GROUP]]) -> f32 {
        use core::arch::x86_64::*;
        let bytes = |bytes: &[u8; 64]| -> __m512i {
            // SAFETY: these are 64 bytes.
            unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
        };
        let mut ranks = [0_u8; 64];
        let mut from = 0;
        for ((rank, &x), &end) in ranks.iter_mut().zip(&row.0).zip(&self.ends) {
            let x = _mm512_set1_ps(x);
            for thresholds in &self.thresholds[from as usize..end as usize] {
                // SAFETY: these are 16 values of 4 bytes.
                let thresholds = unsafe { _mm512_loadu_ps(thresholds.0.as_ptr()) };
                *rank += _mm512_cmp_ps_mask::<_CMP_GE_OQ>(x, thresholds).count_ones() as u8;
            }
            from = end;
        }
        let row = bytes(&ranks);
        let one = _mm512_set1_epi64(1);
        let mut margin = base;
        for (trees, leaves) in self.trees.iter().zip(leaves) {
            let mut words = [0_u64; GROUP];
            for (word, tree) in words.iter_mut().zip(trees) {
                *word = _mm512_cmpge_epu8_mask(
                    _mm512_permutexvar_epi8(bytes(&tree.feature), row),
                    bytes(&tree.rank),
                );
            }
            // SAFETY: eight words are 64 bytes.
            let words = unsafe { _mm512_loadu_si512(words.as_ptr().cast()) };
            let mut at = one;
            for _ in 0..LEVELS {
                let answer = _mm512_and_si512(_mm512_srlv_epi64(words, at), one);
                at = _mm512_or_si512(_mm512_slli_epi64::<1>(at), answer);
            }
            let mut positions = [0_usize; GROUP];
            // SAFETY: eight positions are 64 bytes.
            unsafe { _mm512_storeu_si512(positions.as_mut_ptr().cast(), at) };
            margin = add_leaves(margin, &positions, leaves, left.min(GROUP));
            left -= left.min(GROUP);
        }
        margin
    }
}

#[cfg(target_arch = "x86_64")]
fn is_supported() -> bool {
    is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("popcnt")
}

#[cfg(not(target_arch = "x86_64"))]
fn is_supported() -> bool {
    false
}
