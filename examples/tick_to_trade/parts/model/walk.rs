//! Trees of any shape, walked node by node. Slow and plainly right.

use super::super::features::Row;
use super::Tree;

/// The trees as the file has them.
#[derive(Debug)]
pub struct Walk {
    base: f32,
    trees: Vec<Tree>,
}

impl Walk {
    pub(super) fn new(base: f32, trees: Vec<Tree>) -> Walk {
        Walk { base, trees }
    }

    pub(super) fn trees(&self) -> usize {
        self.trees.len()
    }

    /// The margin of a row, NaN included.
    pub(super) fn margin(&self, row: &Row) -> f32 {
        self.trees.iter().fold(self.base, |margin, tree| margin + leaf(tree, row))
    }
}

fn leaf(tree: &Tree, row: &Row) -> f32 {
    let mut node = tree[0];
    while let Some([left, right]) = node.children {
        let x = row.0[usize::from(node.feature)];
        let goes_left = if x.is_nan() { node.nan_goes_left } else { x < node.value };
        node = tree[(if goes_left { left } else { right }) as usize];
    }
    node.value
}
