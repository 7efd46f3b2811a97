//! Many rows: 256 at a time, one bit per row.
//!
//! Every distinct threshold is compared with its column once per row, whatever number of splits ask for it; the
//! answers of 64 rows are one word. A tree's splits are then a few loads, and going down a tree is choosing between
//! words by words: `(right & answer) | (left & !answer)` moves as many rows as a vector has bits. Only the leaves are
//! looked up row by row, or with AVX-512 sixteen rows at a time in registers.
//!
//! The form is plain Rust. What a processor's vectors do better is the trait [`Vectors`].

use super::Way;
use super::complete::Complete;

#[cfg(target_arch = "x86_64")]
#[path = "blocks/x86.rs"]
mod x86;

/// Rows of a word.
const ROWS: usize = 64;
/// Words of a whole block.
const WORDS: usize = 4;

/// A model whose rows can be scored in blocks.
#[derive(Debug)]
pub(super) struct Blocks {
    /// All distinct thresholds, column by column.
    thresholds: Vec<f32>,
    /// How many of them each column has.
    counts: Vec<usize>,
    /// For every split, which threshold it asks for.
    splits: Vec<u16>,
    processor: Processor,
}

/// What the processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Processor {
    Any,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Blocks {
    /// `None` if the model has more distinct thresholds than two bytes count.
    pub(super) fn new(complete: &Complete, way: Way) -> Option<Blocks> {
        let sorted = complete.thresholds();
        let counts: Vec<usize> = sorted.iter().map(Vec::len).collect();
        if counts.iter().sum::<usize>() > usize::from(u16::MAX) {
            return None;
        }
        let firsts: Vec<usize> = (0..counts.len()).map(|column| counts[..column].iter().sum()).collect();
        let number = |column: usize, threshold: f32| match sorted.get(column) {
            Some(sorted) => firsts[column] + sorted.partition_point(|&value| value < threshold),
            None => 0,
        };
        let splits =
            complete.splits.iter().map(|split| number(split.column as usize, split.threshold) as u16);
        let splits = splits.collect();
        Some(Blocks { thresholds: sorted.concat(), counts, splits, processor: Processor::new(way) })
    }

    /// Room for the answers to every threshold. Made once, used for every block.
    pub(super) fn answers(&self) -> Vec<u64> {
        // A model without any split still chooses between words.
        vec![0; WORDS * self.thresholds.len().max(1)]
    }

    /// From how many rows on a block is faster than the same rows one by one, or eight by eight.
    pub(super) const fn least(&self) -> usize {
        match self.processor {
            Processor::Any => 40,
            #[cfg(target_arch = "x86_64")]
            Processor::Avx2 | Processor::Avx512 => 24,
        }
    }

    pub(super) fn describe(&self) -> &'static str {
        match self.processor {
            Processor::Any => "plain words",
            #[cfg(target_arch = "x86_64")]
            Processor::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Processor::Avx512 => "AVX-512",
        }
    }

    /// The margins of all rows; a row gets as many as there are classes.
    pub(super) fn margins(
        &self,
        complete: &Complete,
        features: usize,
        answers: &mut [u64],
        rows: &[f32],
        margins: &mut [f32],
    ) {
        let classes = complete.classes.len();
        let whole = ROWS * WORDS;
        for (rows, margins) in rows.chunks(whole * features).zip(margins.chunks_mut(whole * classes)) {
            let block = Block { blocks: self, complete, features, rows, margins, answers };
            match self.processor {
                // SAFETY: plain words ask for nothing.
                Processor::Any => unsafe { block.score::<PlainWords>() },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `Processor::new` names what the processor has.
                Processor::Avx2 => unsafe { x86::score_avx2(block) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: as above.
                Processor::Avx512 => unsafe { x86::score_avx512(block) },
            }
        }
    }
}

impl Processor {
    /// The most of this one that the way allows.
    fn new(way: Way) -> Processor {
        #[cfg(target_arch = "x86_64")]
        {
            let has_avx512 = is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vl");
            if way == Way::Best && has_avx512 {
                return Processor::Avx512;
            }
            if way != Way::Portable && is_x86_feature_detected!("avx2") {
                return Processor::Avx2;
            }
        }
        let _ = way;
        Processor::Any
    }
}

/// What is done better by some processors. What is given here is plain Rust.
///
/// # Safety
/// Both functions: the processor has what the type is named for.
trait Vectors {
    /// Which of the values reach the threshold: a bit for each.
    unsafe fn reach(values: &[f32; ROWS], threshold: f32) -> u64 {
        // As bytes first: a compiler makes vectors of that, whatever the processor.
        let mut reached = [0_u8; ROWS];
        for (reached, &x) in reached.iter_mut().zip(values) {
            *reached = u8::from(x >= threshold);
        }
        let eights = reached.as_chunks::<8>().0.iter().rev();
        eights.fold(0, |word, eight| word << 8 | gather(u64::from_le_bytes(*eight)))
    }

    /// Adds each row's leaf to its margin; `path` has a word per level, the root's first, with a row's bit set where it
    /// goes right.
    unsafe fn add<const LEVELS: usize, const LEAVES: usize>(
        path: &[u64; LEVELS],
        leaves: &[f32; LEAVES],
        margins: &mut [f32; ROWS],
    ) {
        for (at, margins) in margins.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let eight = path.iter().fold(0, |places, word| 2 * places + spread((word >> (8 * at)) as u8));
            for (place, margin) in eight.to_le_bytes().iter().zip(margins) {
                *margin += leaves[usize::from(*place) % LEAVES];
            }
        }
    }
}

/// Eight bits as eight bytes, 0 or 1.
#[inline(always)]
fn spread(bits: u8) -> u64 {
    let kept = (u64::from(bits) * 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201;
    ((kept + 0x7F7F_7F7F_7F7F_7F7F) >> 7) & 0x0101_0101_0101_0101
}

/// Eight bytes, 0 or 1, as eight bits.
#[inline(always)]
const fn gather(bytes: u64) -> u64 {
    bytes.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

struct PlainWords;

impl Vectors for PlainWords {}

/// Up to 256 rows under work.
struct Block<'a> {
    blocks: &'a Blocks,
    complete: &'a Complete,
    features: usize,
    rows: &'a [f32],
    margins: &'a mut [f32],
    answers: &'a mut [u64],
}

impl Block<'_> {
    /// # Safety
    /// The processor has what `V` is named for.
    #[inline(always)]
    unsafe fn score<V: Vectors>(self) {
        let few = self.rows.len() <= ROWS * self.features;
        match (self.complete.levels, few) {
            // SAFETY: the caller's duty.
            (4, false) => unsafe { self.score_as::<V, 4, 16, WORDS>() },
            // SAFETY: as above.
            (5, false) => unsafe { self.score_as::<V, 5, 32, WORDS>() },
            // SAFETY: as above.
            (_, false) => unsafe { self.score_as::<V, 6, 64, WORDS>() },
            // SAFETY: as above.
            (4, true) => unsafe { self.score_as::<V, 4, 16, 1>() },
            // SAFETY: as above.
            (5, true) => unsafe { self.score_as::<V, 5, 32, 1>() },
            // SAFETY: as above.
            (_, true) => unsafe { self.score_as::<V, 6, 64, 1>() },
        }
    }

    /// # Safety
    /// The processor has what `V` is named for.
    #[inline(always)]
    unsafe fn score_as<V: Vectors, const LEVELS: usize, const SLOTS: usize, const WORDS: usize>(self) {
        let Block { blocks, complete, features, rows, margins, answers } = self;
        let (answers, _) = answers.as_chunks_mut::<WORDS>();
        let mut numbers = 0..answers.len();
        let mut thresholds = &blocks.thresholds[..];
        for (column, &count) in complete.columns.iter().zip(&blocks.counts) {
            let mut values = [[0.0; ROWS]; WORDS];
            for (x, row) in values.as_flattened_mut().iter_mut().zip(rows.chunks_exact(features)) {
                *x = column.of(row);
            }
            let (of_column, later) = thresholds.split_at(count);
            thresholds = later;
            for (&threshold, number) in of_column.iter().zip(&mut numbers) {
                for (answer, values) in answers[number].iter_mut().zip(&values) {
                    // SAFETY: the caller's duty.
                    *answer = unsafe { V::reach(values, threshold) };
                }
            }
        }
        let (splits, _) = blocks.splits.as_chunks::<SLOTS>();
        let (leaves, _) = complete.leaves.as_chunks::<SLOTS>();
        let mut trees = splits.iter().zip(leaves);
        for (number, class) in complete.classes.iter().enumerate() {
            let mut sums = [[class.base; ROWS]; WORDS];
            for (splits, leaves) in trees.by_ref().take(class.trees) {
                let paths = paths::<LEVELS, SLOTS, WORDS>(splits, answers);
                for (word, sums) in sums.iter_mut().enumerate() {
                    let path = core::array::from_fn(|level| paths[level][word]);
                    // SAFETY: the caller's duty.
                    unsafe { V::add::<LEVELS, SLOTS>(&path, leaves, sums) };
                }
            }
            let of_class = margins.iter_mut().skip(number).step_by(complete.classes.len());
            of_class.zip(sums.as_flattened()).for_each(|(margin, sum)| *margin = *sum);
        }
    }
}

/// For each level, which rows go right there: the answers of its splits, of which each level above leaves one half, the
/// root first.
#[inline(always)]
fn paths<const LEVELS: usize, const SLOTS: usize, const WORDS: usize>(
    splits: &[u16; SLOTS],
    answers: &[[u64; WORDS]],
) -> [[u64; WORDS]; LEVELS] {
    let mut paths = [[0; WORDS]; LEVELS];
    let answer = |at: usize| &answers[usize::from(splits[at])];
    paths[0] = *answer(1);
    paths[1] = choose(&paths[0], answer(2), answer(3));
    let chosen = first_half::<2, WORDS>(&paths[0], answer);
    paths[2] = choose(&paths[1], &chosen[0], &chosen[1]);
    let chosen = half::<2, 4, WORDS>(&paths[1], &first_half(&paths[0], answer));
    paths[3] = choose(&paths[2], &chosen[0], &chosen[1]);
    if LEVELS > 4 {
        let chosen = half::<4, 8, WORDS>(&paths[1], &first_half(&paths[0], answer));
        let chosen = half::<2, 4, WORDS>(&paths[2], &chosen);
        paths[4] = choose(&paths[3], &chosen[0], &chosen[1]);
    }
    if LEVELS > 5 {
        let chosen = half::<8, 16, WORDS>(&paths[1], &first_half(&paths[0], answer));
        let chosen = half::<4, 8, WORDS>(&paths[2], &chosen);
        let chosen = half::<2, 4, WORDS>(&paths[3], &chosen);
        paths[5] = choose(&paths[4], &chosen[0], &chosen[1]);
    }
    paths
}

/// Of a level of `2 * HALF` splits, the answers on the side that a row takes at the root.
#[inline(always)]
fn first_half<'a, const HALF: usize, const WORDS: usize>(
    right: &[u64; WORDS],
    answer: impl Fn(usize) -> &'a [u64; WORDS],
) -> [[u64; WORDS]; HALF] {
    core::array::from_fn(|at| choose(right, answer(2 * HALF + at), answer(3 * HALF + at)))
}

#[inline(always)]
fn half<const HALF: usize, const WHOLE: usize, const WORDS: usize>(
    right: &[u64; WORDS],
    whole: &[[u64; WORDS]; WHOLE],
) -> [[u64; WORDS]; HALF] {
    core::array::from_fn(|at| choose(right, &whole[at], &whole[HALF + at]))
}

/// Row by row, `yes` where `right` is set.
#[inline(always)]
fn choose<const WORDS: usize>(right: &[u64; WORDS], no: &[u64; WORDS], yes: &[u64; WORDS]) -> [u64; WORDS] {
    core::array::from_fn(|word| no[word] ^ ((no[word] ^ yes[word]) & right[word]))
}
