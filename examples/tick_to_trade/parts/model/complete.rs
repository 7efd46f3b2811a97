//! Trees of up to six levels as complete trees: 63 splits in breadth-first order, 64 leaves.
//!
//! A leaf above the sixth level is repeated under splits that do not matter. Then every tree is the same
//! straight-line code, a row takes the same time whatever it holds, and trees overlap in the processor:
//! nothing depends on the tree before but the last addition.
//!
//! Where the processor has the instructions, [`ranked`](super::ranked) answers the splits many at a time.

use super::super::features::Row;
use super::Tree;
use super::ranked::Ranked;

pub(super) const LEVELS: usize = 6;
pub(super) const LEAVES: usize = 1 << LEVELS;
/// Trees that go down together.
pub(super) const GROUP: usize = 8;

/// Splits by position, the root at 1, children of `i` at `2i` and `2i + 1`; position 0 is not used.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(super) struct Splits {
    pub(super) below: [f32; LEAVES],
    pub(super) feature: [u8; LEAVES],
}

/// The leaves of a tree, left to right.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(super) struct Leaves([f32; LEAVES]);

/// All trees, in file order, filled up to whole groups.
#[derive(Debug)]
pub struct Complete {
    base: f32,
    trees: usize,
    splits: Vec<[Splits; GROUP]>,
    leaves: Vec<[Leaves; GROUP]>,
    ranked: Option<Ranked>,
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
        let ranked = Ranked::new(&splits);
        Some(Complete { base, trees: trees.len(), splits, leaves, ranked })
    }

    pub(super) fn describe(&self) -> &'static str {
        match self.ranked {
            Some(_) => "8 abreast, the 63 splits of a tree answered by one comparison (AVX-512 VBMI)",
            None => "8 abreast without branches",
        }
    }

    /// The margin of a row that holds no NaN.
    #[inline]
    pub(super) fn margin(&self, row: &Row) -> f32 {
        match &self.ranked {
            Some(ranked) => ranked.margin(row, self.base, self.trees, &self.leaves),
            None => self.margin_portable(row),
        }
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
}

/// Adds the leaves of a group in file order; only the last group may be short of eight.
#[inline(always)]
pub(super) fn add_leaves(
    mut margin: f32,
    at: &[usize; GROUP],
    leaves: &[Leaves; GROUP],
    trees: usize,
) -> f32 {
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
