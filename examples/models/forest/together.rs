//! Eight rows through one complete tree together, without branches, in plain Rust.
//!
//! No row depends on another, so eight chains of loads overlap in the processor, and a tree is fetched once for all of
//! them: with more trees than the first cache holds, that is what counts. Numbers are compared as the
//! [integers](super::tables::key) that order as they do, which takes a processor fewer cycles.

use super::complete::{Complete, alone};
use super::tables::key;

/// Rows that go through a tree together.
pub(super) const ROWS: usize = 8;
/// A row has at most this many columns here, so that one byte of an index is always in bounds.
const MOST: usize = 256;
/// Rows of so many columns at most are made ready in less memory.
const FEW: usize = 32;

/// Right when the column's key reaches this one.
#[derive(Debug, Clone, Copy)]
struct Split {
    column: u32,
    key: i32,
}

/// A model whose rows can be scored so.
#[derive(Debug)]
pub(super) struct Together {
    /// As those of [`Complete`].
    splits: Vec<Split>,
}

impl Together {
    /// `None` if the model looks at more columns than a byte counts.
    pub(super) fn new(complete: &Complete) -> Option<Together> {
        let splits = complete.splits.iter();
        let splits = splits.map(|split| Split { column: split.column, key: key(split.threshold) });
        (complete.columns.len() <= MOST).then(|| Together { splits: splits.collect() })
    }

    /// The margins of [`ROWS`] rows, which lie one behind the other, as do their margins.
    pub(super) fn margins(&self, complete: &Complete, rows: &[f32], margins: &mut [f32]) {
        match (complete.levels, complete.columns.len() <= FEW) {
            (4, true) => self.score::<4, 16, FEW>(complete, rows, margins),
            (5, true) => self.score::<5, 32, FEW>(complete, rows, margins),
            (_, true) => self.score::<6, 64, FEW>(complete, rows, margins),
            (4, false) => self.score::<4, 16, MOST>(complete, rows, margins),
            (5, false) => self.score::<5, 32, MOST>(complete, rows, margins),
            (_, false) => self.score::<6, 64, MOST>(complete, rows, margins),
        }
    }

    fn score<const LEVELS: usize, const SLOTS: usize, const COLUMNS: usize>(
        &self,
        complete: &Complete,
        rows: &[f32],
        margins: &mut [f32],
    ) {
        let mut keys = [[0; COLUMNS]; ROWS];
        for (keys, row) in keys.iter_mut().zip(rows.chunks_exact(rows.len() / ROWS)) {
            for (to, column) in keys.iter_mut().zip(&complete.columns) {
                *to = key(column.of(row));
            }
        }
        let (splits, _) = self.splits.as_chunks::<SLOTS>();
        let (leaves, _) = complete.leaves.as_chunks::<SLOTS>();
        let mut trees = splits.iter().zip(leaves);
        for (number, class) in complete.classes.iter().enumerate() {
            let mut sums = [class.base; ROWS];
            for (splits, leaves) in trees.by_ref().take(class.trees) {
                let mut at = [1; ROWS];
                for _ in 0..LEVELS {
                    for (at, keys) in at.iter_mut().zip(&keys) {
                        *at = step(*at, splits, keys);
                    }
                }
                for (at, sum) in at.iter().zip(&mut sums) {
                    *sum += leaves[at % SLOTS];
                }
            }
            let of_class = margins.iter_mut().skip(number).step_by(complete.classes.len());
            of_class.zip(&sums).for_each(|(margin, sum)| *margin = *sum);
        }
    }
}

/// One level down. The remainders change nothing, a position is below `SLOTS`: they spare the checks.
#[inline(always)]
fn step<const SLOTS: usize, const COLUMNS: usize>(
    at: usize,
    splits: &[Split; SLOTS],
    keys: &[i32; COLUMNS],
) -> usize {
    let split = splits[at % SLOTS];
    alone(2 * at + usize::from(keys[split.column as usize % COLUMNS] >= split.key))
}
