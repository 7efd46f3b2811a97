//! A forest as devices take it: tables of integers, and rows as integers that order as the numbers do.
//!
//! The bits of a float32, with all but the sign inverted where it is negative, order as signed integers exactly as the
//! floats do; so `x >= threshold` is a comparison of integers, with the same answer. What is a NaN has become an
//! infinity before (see [`complete`](super::complete)), and minus zero becomes zero, which it equals.

use super::complete::{Column, Complete, MOST_LEVELS};
use super::{BadModel, Forest};

/// The most columns that a row has on a device.
pub const COLUMNS: usize = 32;
/// The most classes that a model has on a device.
pub const CLASSES: usize = 3;

/// The trees, class by class, those of a class in file order.
#[derive(Debug)]
pub struct Tables {
    columns: Vec<Column>,
    /// How many levels every tree has.
    pub levels: u32,
    /// Where the sum of each class begins; 0 for the classes that the model has not.
    pub bases: [f32; CLASSES],
    /// The class of each tree.
    pub classes: Vec<u32>,
    /// `1 << levels` for each tree, the root at 1: the column, and the least key that goes right.
    pub splits: Vec<(u32, i32)>,
    /// `1 << levels` for each tree, left to right.
    pub leaves: Vec<f32>,
}

impl Tables {
    /// Lays a forest out.
    ///
    /// # Errors
    /// One sentence: a tree has more than six levels, or the model more classes or columns than a device's row.
    pub fn new(forest: &Forest) -> Result<Tables, BadModel> {
        let bad =
            |what: String| Err(BadModel(format!("the model does not fit the tables of devices: {what}")));
        let Some(complete) = Complete::new(forest) else {
            return bad(format!("a tree has {} levels, and {MOST_LEVELS} is the most", forest.depth()));
        };
        if forest.outputs() > CLASSES {
            return bad(format!("it has {} classes, and {CLASSES} is the most", forest.outputs()));
        }
        if complete.columns.len() > COLUMNS {
            let count = complete.columns.len();
            return bad(format!("it looks at {count} features and directions, and {COLUMNS} is the most"));
        }
        let classes = complete.classes.iter().enumerate();
        Ok(Tables {
            levels: complete.levels as u32,
            bases: core::array::from_fn(|class| complete.classes.get(class).map_or(0.0, |class| class.base)),
            classes: classes.flat_map(|(number, class)| vec![number as u32; class.trees]).collect(),
            splits: complete.splits.iter().map(|split| (split.column, key(split.threshold))).collect(),
            leaves: complete.leaves,
            columns: complete.columns,
        })
    }

    /// A row as a device takes it.
    ///
    /// # Panics
    /// The row has fewer numbers than the model has features.
    #[inline]
    pub fn keys(&self, row: &[f32]) -> [i32; COLUMNS] {
        let mut keys = [0; COLUMNS];
        for (at, column) in keys.iter_mut().zip(&self.columns) {
            *at = key(column.of(row));
        }
        keys
    }
}

/// An integer that orders as the number does, of which minus zero is zero.
#[inline]
pub(super) fn key(x: f32) -> i32 {
    let bits = (x + 0.0).to_bits() as i32;
    bits ^ ((bits >> 31) as u32 >> 1) as i32
}

/// Leaves and bases in fixed point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// How many bits stand behind the point.
    pub point: u32,
    /// Where the sum of each class begins.
    pub bases: [i32; CLASSES],
    /// The leaves, in the order of [`Tables::leaves`].
    pub leaves: Vec<i32>,
}

impl Fixed {
    /// Rounds a forest to as many bits as let no sum overflow, 24 at most.
    pub fn new(tables: &Tables) -> Fixed {
        let most = tables.most();
        let point =
            (0..=24).rev().find(|&point| most * f64::from(1_u32 << point) < f64::from(1 << 30)).unwrap_or(0);
        let fixed = |x: f32| (f64::from(x) * f64::from(1_u32 << point)).round_ties_even() as i32;
        Fixed {
            point,
            bases: tables.bases.map(fixed),
            leaves: tables.leaves.iter().copied().map(fixed).collect(),
        }
    }

    /// A sum as a number.
    pub fn to_f64(&self, sum: i32) -> f64 {
        f64::from(sum) / f64::from(1_u32 << self.point)
    }

    /// How far a sum is from the float32 margin at most: half a unit for the base and for each tree, and the half units
    /// that float32 loses in as many additions.
    pub fn bound(&self, tables: &Tables) -> f64 {
        let trees = (0..CLASSES as u32).map(|class| tables.classes.iter().filter(|of| **of == class).count());
        let trees = trees.max().unwrap_or(0) as f64;
        (trees + 1.0) * 0.5 / f64::from(1_u32 << self.point)
            + trees * tables.most() * f64::from(f32::EPSILON) / 2.0
    }
}

impl Tables {
    /// More than the absolute value that any sum can reach on its way.
    fn most(&self) -> f64 {
        let most = |leaves: &[f32]| leaves.iter().map(|leaf| f64::from(leaf.abs())).fold(0.0, f64::max);
        let trees = || self.leaves.chunks(1 << self.levels).zip(&self.classes);
        let of_class =
            |class: u32| trees().filter(|(_, of)| **of == class).map(|(leaves, _)| most(leaves)).sum::<f64>();
        let sums =
            (0..CLASSES as u32).map(|class| f64::from(self.bases[class as usize].abs()) + of_class(class));
        sums.fold(0.0, f64::max)
    }
}
