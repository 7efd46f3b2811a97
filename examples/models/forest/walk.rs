//! Trees of any shape, walked node by node. Slow and plainly right.

use super::{Forest, Tree};

/// The margins of a row, NaN included: one per class.
///
/// # Panics
/// `row` is shorter than the forest's features, or `margins` than its classes.
pub fn margins(forest: &Forest, row: &[f32], margins: &mut [f32]) {
    margins.copy_from_slice(&forest.bases);
    for (class, tree) in &forest.trees {
        margins[*class] += leaf(tree, row);
    }
}

fn leaf(tree: &Tree, row: &[f32]) -> f32 {
    let mut node = tree[0];
    while let Some([left, right]) = node.children {
        let x = row[node.feature as usize];
        let goes_left = if x.is_nan() { node.nan_goes_left } else { x < node.value };
        node = tree[(if goes_left { left } else { right }) as usize];
    }
    node.value
}
