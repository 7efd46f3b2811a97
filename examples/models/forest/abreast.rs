//! One row through eight complete trees together, in plain Rust.
//!
//! Nothing depends on the tree before but the last addition, so eight chains of loads overlap in the processor.

use super::complete::{Complete, Split, alone};

const GROUP: usize = 8;
/// A row has at most this many columns here, so that one byte of an index is always in bounds.
const COLUMNS: usize = 256;

/// A model whose rows can be scored so.
#[derive(Debug)]
pub(super) struct Abreast(());

impl Abreast {
    /// `None` if the model looks at more columns than a byte counts.
    pub(super) fn new(complete: &Complete) -> Option<Abreast> {
        (complete.columns.len() <= COLUMNS).then_some(Abreast(()))
    }

    #[inline]
    pub(super) fn margins(&self, complete: &Complete, row: &[f32], margins: &mut [f32]) {
        match complete.levels {
            4 => score::<4, 16>(complete, row, margins),
            5 => score::<5, 32>(complete, row, margins),
            _ => score::<6, 64>(complete, row, margins),
        }
    }
}

fn score<const LEVELS: usize, const SLOTS: usize>(complete: &Complete, row: &[f32], margins: &mut [f32]) {
    let mut table = [0.0; COLUMNS];
    for (x, column) in table.iter_mut().zip(&complete.columns) {
        *x = column.of(row);
    }
    let (mut splits, _) = complete.splits.as_chunks::<SLOTS>();
    let (mut leaves, _) = complete.leaves.as_chunks::<SLOTS>();
    for (margin, class) in margins.iter_mut().zip(&complete.classes) {
        let (of_class, later) = splits.split_at(class.trees);
        let (of_class_leaves, later_leaves) = leaves.split_at(class.trees);
        (splits, leaves) = (later, later_leaves);
        *margin = class.base;
        let (groups, rest) = of_class.as_chunks::<GROUP>();
        let (group_leaves, rest_leaves) = of_class_leaves.as_chunks::<GROUP>();
        for (splits, leaves) in groups.iter().zip(group_leaves) {
            let mut at = [1; GROUP];
            for _ in 0..LEVELS {
                for (at, splits) in at.iter_mut().zip(splits) {
                    *at = step(*at, splits, &table);
                }
            }
            for (at, leaves) in at.iter().zip(leaves) {
                *margin += leaves[at % SLOTS];
            }
        }
        for (splits, leaves) in rest.iter().zip(rest_leaves) {
            let at = (0..LEVELS).fold(1, |at, _| step(at, splits, &table));
            *margin += leaves[at % SLOTS];
        }
    }
}

/// One level down. The remainder changes nothing, a position is below `SLOTS`: it spares the check.
#[inline(always)]
fn step<const SLOTS: usize>(at: usize, splits: &[Split; SLOTS], table: &[f32; COLUMNS]) -> usize {
    let split = splits[at % SLOTS];
    alone(2 * at + usize::from(table[split.column as usize % COLUMNS] >= split.threshold))
}
