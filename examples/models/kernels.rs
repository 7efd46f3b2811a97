//! Trees as kernels: the same functions on the cpu, on a GPU and on an FPGA.
//!
//! A row is [`Keys`], which order as its numbers do, so every split is answered exactly. [`margins`] adds float32 leaves in
//! file order and so gives XGBoost's bits. [`sums`] adds leaves in fixed point, in which order does not matter, and
//! how far that is from the float32 margins is known from the model ([`Fixed::bound`]).
//!
//! The two take the trees in two ways, because devices differ. [`margins`] walks, one look-up a level: right where memory is
//! wide. [`sums`] answers every split and chooses between leaves from the last level up: nothing depends on a look-up
//! whose place depends on the row, so a core of it has comparators with constants, and no memory.

#![allow(clippy::needless_range_loop, reason = "a kernel's loops are over ranges")]

use fusewire::kernel;
use fusewire::prelude::*;

use super::forest::tables::{CLASSES, COLUMNS, Fixed, Tables};

/// A row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel::Data)]
#[repr(C)]
pub struct Keys {
    /// As [`Tables::keys`] makes them.
    pub x: [i32; COLUMNS],
}

/// Right when the column is at least the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel::Data)]
#[repr(C)]
pub struct Split {
    /// Which column.
    pub column: u32,
    /// The threshold.
    pub key: i32,
}

/// What all trees have in common, for [`margins`].
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Shape {
    /// How many splits a path has, from 4 to 6.
    pub levels: u32,
    /// Where the sums begin.
    pub bases: [f32; CLASSES],
}

/// The same for [`sums`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel::Data)]
#[repr(C)]
pub struct FixedShape {
    /// How many splits a path has, from 4 to 6.
    pub levels: u32,
    /// Where the sums begin.
    pub bases: [i32; CLASSES],
}

/// A margin per class; 0 for classes that the model has not.
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Margins {
    /// By class.
    pub of: [f32; CLASSES],
}

/// A sum per class in fixed point; 0 for classes that the model has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel::Data)]
#[repr(C)]
pub struct Sums {
    /// By class.
    pub of: [i32; CLASSES],
}

/// The margins of a row, in float32.
#[stage(kernel)]
pub fn margins(row: Keys, shape: &Shape, splits: &[Split], leaves: &[f32], classes: &[u32]) -> Margins {
    let slots = 1_u32 << shape.levels;
    let mut of = shape.bases;
    for tree in 0..classes.len() {
        let first = tree as u32 * slots;
        let mut at = 1_u32;
        for level in 0..6_u32 {
            if level < shape.levels {
                let split = splits[(first + at) as usize];
                at = 2 * at + (row.x[split.column as usize] >= split.key) as u32;
            }
        }
        let leaf = leaves[(first + at - slots) as usize];
        for class in 0..CLASSES {
            if classes[tree] == class as u32 {
                of[class] += leaf;
            }
        }
    }
    Margins { of }
}

/// The margins of a row, in fixed point.
#[stage(kernel)]
pub fn sums(row: Keys, shape: &FixedShape, splits: &[Split], leaves: &[i32], classes: &[u32]) -> Sums {
    let slots = 1_usize << shape.levels;
    let mut of = shape.bases;
    for tree in 0..classes.len() {
        let first = tree * slots;
        let mut left = [0_i32; 32];
        for at in 0..32_usize {
            if at < slots / 2 {
                let split = splits[first + slots / 2 + at];
                let goes_right = row.x[split.column as usize] >= split.key;
                left[at] = if goes_right { leaves[first + 2 * at + 1] } else { leaves[first + 2 * at] };
            }
        }
        for level in 2..7_usize {
            let splits_here = slots >> level;
            for at in 0..16_usize {
                if at < splits_here {
                    let split = splits[first + splits_here + at];
                    let goes_right = row.x[split.column as usize] >= split.key;
                    left[at] = if goes_right { left[2 * at + 1] } else { left[2 * at] };
                }
            }
        }
        for class in 0..CLASSES {
            if classes[tree] == class as u32 {
                of[class] += left[0];
            }
        }
    }
    Sums { of }
}

/// The splits of `tables`.
pub fn splits(tables: &Tables) -> Vec<Split> {
    tables.splits.iter().map(|&(column, key)| Split { column, key }).collect()
}

/// [`margins`] with its tables.
pub fn margins_of(tables: &Tables) -> kernel::Bound<margins> {
    let shape = Shape { levels: tables.levels, bases: tables.bases };
    margins::bind(shape, splits(tables), tables.leaves.clone(), tables.classes.clone())
}

/// [`sums`] with its tables.
pub fn sums_of(tables: &Tables, fixed: &Fixed) -> kernel::Bound<sums> {
    let shape = FixedShape { levels: tables.levels, bases: fixed.bases };
    sums::bind(shape, splits(tables), fixed.leaves.clone(), tables.classes.clone())
}
