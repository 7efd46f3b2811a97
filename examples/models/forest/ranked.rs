//! One row, the splits of a tree answered all at once, by rank.
//!
//! A split asks whether `x` reaches a threshold. Sort all thresholds of a column; let the *rank* of `x` be how many
//! of them it reaches. Then `x` reaches the k-th if and only if its rank is at least k: the same answer, exactly,
//! from two bytes instead of two floats. So a row is ranked once, by two vector comparisons per column, and after that
//! 64 splits, which are one tree of six levels or four of four, are one byte permutation (fetch the ranks) and one
//! byte comparison, whose answers are one 64-bit word. The trees of eight words then go down together, a shift each level.

use super::complete::Complete;

/// Bytes of a vector: as many splits are answered at once, and as many columns can be looked up.
const BYTES: usize = 64;
/// Words that go down together.
const WORDS: usize = 8;
/// Thresholds that one comparison counts.
const BLOCK: usize = 16;

/// 64 splits by position: where the rank is looked up, and which rank goes right.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
struct Splits {
    column: [u8; BYTES],
    rank: [u8; BYTES],
}

/// Sixteen thresholds, ascending, filled up with NaN, which nothing reaches.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
struct Thresholds([f32; BLOCK]);

/// The thresholds of a column: the last one of each whole block, and where the blocks are.
#[derive(Debug, Clone)]
struct Ladder {
    pivots: Thresholds,
    first: usize,
}

/// A model that this processor can score by rank.
#[derive(Debug)]
pub(super) struct Ranked {
    ladders: Vec<Ladder>,
    blocks: Vec<Thresholds>,
    /// The groups of each class in turn, the last of a class filled up with splits that are not used.
    groups: Vec<[Splits; WORDS]>,
}

impl Ranked {
    /// `None` if the processor lacks the instructions, or the model has more columns than a vector has bytes or more
    /// thresholds of one column than a byte counts.
    pub(super) fn new(complete: &Complete) -> Option<Ranked> {
        let thresholds = complete.thresholds();
        let fits =
            thresholds.len() <= BYTES && thresholds.iter().all(|all| all.len() <= usize::from(u8::MAX));
        if !is_supported() || !fits {
            return None;
        }
        let (mut ladders, mut blocks) = (Vec::new(), Vec::new());
        for sorted in &thresholds {
            let filled = |part: &[f32]| {
                let mut filled = [f32::NAN; BLOCK];
                filled[..part.len()].copy_from_slice(part);
                Thresholds(filled)
            };
            let (whole, rest) = sorted.as_chunks::<BLOCK>();
            let pivots: Vec<f32> = whole.iter().map(|block| block[BLOCK - 1]).collect();
            ladders.push(Ladder { pivots: filled(&pivots), first: blocks.len() });
            blocks.extend(whole.iter().map(|block| filled(block)));
            blocks.push(filled(rest));
        }
        let slots = 1 << complete.levels;
        let mut trees = complete.splits.chunks(slots);
        let mut groups = Vec::new();
        for class in &complete.classes {
            let of_class: Vec<_> = trees.by_ref().take(class.trees).flatten().collect();
            for group in of_class.chunks(BYTES * WORDS) {
                groups.push(core::array::from_fn(|word| {
                    let split = |at: usize| group.get(BYTES * word + at).filter(|_| !thresholds.is_empty());
                    Splits {
                        column: core::array::from_fn(|at| split(at).map_or(0, |split| split.column as u8)),
                        rank: core::array::from_fn(|at| {
                            split(at).map_or(0, |split| {
                                let sorted = &thresholds[split.column as usize];
                                sorted.partition_point(|&value| value <= split.threshold) as u8
                            })
                        }),
                    }
                }));
            }
        }
        Some(Ranked { ladders, blocks, groups })
    }

    #[inline]
    pub(super) fn margins(&self, complete: &Complete, row: &[f32], margins: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        match complete.levels {
            // SAFETY: `new` gives a value only if the processor has every feature that the function asks for.
            4 => unsafe { self.score::<4, 16, 32>(complete, row, margins) },
            // SAFETY: as above.
            5 => unsafe { self.score::<5, 32, 16>(complete, row, margins) },
            // SAFETY: as above.
            _ => unsafe { self.score::<6, 64, 8>(complete, row, margins) },
        }
        #[cfg(not(target_arch = "x86_64"))]
        unreachable!("`new` gives no value here: {complete:?} {row:?} {margins:?}")
    }

    /// `TREES` are as many trees of `SLOTS` splits as eight words hold.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,popcnt")]
    fn score<const LEVELS: usize, const SLOTS: usize, const TREES: usize>(
        &self,
        complete: &Complete,
        row: &[f32],
        margins: &mut [f32],
    ) {
        let ranks = self.ranks(complete, row);
        let (mut leaves, _) = complete.leaves.as_chunks::<SLOTS>();
        let mut groups = self.groups.iter().peekable();
        for (margin, class) in margins.iter_mut().zip(&complete.classes) {
            let (of_class, later) = leaves.split_at(class.trees);
            leaves = later;
            let (whole, rest) = of_class.as_chunks::<TREES>();
            let mut sum = class.base;
            for (leaves, group) in whole.iter().zip(&mut groups) {
                let positions = positions::<LEVELS>(group, ranks);
                for tree in 0..TREES {
                    sum += leaves[tree][leaf::<SLOTS>(&positions, tree)];
                }
            }
            if let Some(group) = groups.next_if(|_| !rest.is_empty()) {
                let positions = positions::<LEVELS>(group, ranks);
                for (tree, leaves) in rest.iter().enumerate() {
                    sum += leaves[leaf::<SLOTS>(&positions, tree)];
                }
            }
            *margin = sum;
        }
    }

    /// The rank of every column.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,popcnt")]
    fn ranks(&self, complete: &Complete, row: &[f32]) -> core::arch::x86_64::__m512i {
        use core::arch::x86_64::*;
        let reached = |x: f32, thresholds: &Thresholds| {
            // SAFETY: these are 16 values of 4 bytes.
            let thresholds = unsafe { _mm512_loadu_ps(thresholds.0.as_ptr()) };
            _mm512_cmp_ps_mask::<_CMP_GE_OQ>(_mm512_set1_ps(x), thresholds).count_ones()
        };
        let mut ranks = [0_u8; BYTES];
        for ((rank, column), ladder) in ranks.iter_mut().zip(&complete.columns).zip(&self.ladders) {
            let x = column.of(row);
            let block = reached(x, &ladder.pivots);
            *rank = (BLOCK as u32 * block + reached(x, &self.blocks[ladder.first + block as usize])) as u8;
        }
        load(&ranks)
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8; BYTES]) -> core::arch::x86_64::__m512i {
    // SAFETY: these are 64 bytes.
    unsafe { core::arch::x86_64::_mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// Where the row ends up in every tree of a group.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn positions<const LEVELS: usize>(
    group: &[Splits; WORDS],
    ranks: core::arch::x86_64::__m512i,
) -> [u8; BYTES] {
    use core::arch::x86_64::*;
    let word = |splits: &Splits| {
        let found = _mm512_permutexvar_epi8(load(&splits.column), ranks);
        let answers = _mm512_cmpge_epu8_mask(found, load(&splits.rank));
        let word: i64;
        // PERF: by itself the compiler puts words together in memory, by loads that are wider than the stores before
        // them, and every group waits for those stores; `benches/rivals` shows twice the time.
        // SAFETY: moves a mask register to a general one, and this function has the features for both.
        unsafe {
            core::arch::asm!(
                "kmovq {word}, {answers}",
                word = lateout(reg) word,
                answers = in(kreg) answers,
                options(pure, nomem, nostack, preserves_flags)
            );
        }
        word
    };
    let [a, b, c, d, e, f, g, h] = group;
    let words = _mm512_setr_epi64(word(a), word(b), word(c), word(d), word(e), word(f), word(g), word(h));
    let mut positions = [0; BYTES];
    let at = descend::<LEVELS>(words);
    // SAFETY: 64 positions are 64 bytes.
    unsafe { _mm512_storeu_si512(positions.as_mut_ptr().cast(), at) };
    // PERF: reading the bytes back is one step each, taking them out of the vector would be two.
    core::hint::black_box(&mut positions);
    positions
}

/// A tree's lane has as many bits as the tree has splits; its position is in the first byte. The remainder takes the bit
/// of the root away, and spares the check.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn leaf<const SLOTS: usize>(positions: &[u8; BYTES], tree: usize) -> usize {
    usize::from(positions[tree * (SLOTS / 8) % BYTES]) % SLOTS
}

/// Goes down all trees, one to a lane: from the root, 1, to a leaf, whose number is below a bit that stands for the root.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn descend<const LEVELS: usize>(words: core::arch::x86_64::__m512i) -> core::arch::x86_64::__m512i {
    use core::arch::x86_64::*;
    let one = match LEVELS {
        4 => _mm512_set1_epi16(1),
        5 => _mm512_set1_epi32(1),
        _ => _mm512_set1_epi64(1),
    };
    let mut at = one;
    for _ in 0..LEVELS {
        let answer = match LEVELS {
            4 => _mm512_srlv_epi16(words, at),
            5 => _mm512_srlv_epi32(words, at),
            _ => _mm512_srlv_epi64(words, at),
        };
        // No position reaches a byte's end, so doubling byte by byte is doubling lane by lane.
        at = _mm512_or_si512(_mm512_add_epi8(at, at), _mm512_and_si512(answer, one));
    }
    at
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
