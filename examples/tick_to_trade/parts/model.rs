//! The model: gradient-boosted trees, scored one row at a time.
//!
//! [`xgboost`] reads the file, [`walk`] scores any tree in the plain way, [`complete`] scores trees of up to six
//! levels without a branch, and [`ranked`] does so with vectors. All of them add the leaves in file order, in float32: XGBoost's margin, bit for bit.

#[path = "model/complete.rs"]
pub mod complete;
#[path = "model/ranked.rs"]
pub mod ranked;
#[path = "model/walk.rs"]
pub mod walk;
#[path = "model/xgboost.rs"]
pub mod xgboost;

use super::features::{FEATURES, Row};
use super::input::BadInput;
use complete::Complete;
use walk::Walk;

/// One split or leaf of a tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// Left when the feature is below this; in a leaf, its value.
    pub value: f32,
    /// The feature that is looked at.
    pub feature: u8,
    /// Where a NaN goes.
    pub nan_goes_left: bool,
    /// The children, left and right; `None` in a leaf.
    pub children: Option<[u32; 2]>,
}

/// One tree; its root is node 0, and every child exists once.
pub type Tree = Vec<Node>;

/// A model that is ready to score.
#[derive(Debug)]
pub struct Model {
    walk: Walk,
    complete: Option<Complete>,
}

impl Model {
    /// Reads an XGBoost model from the text of its JSON file; `name` is what messages call the file.
    ///
    /// # Errors
    /// One sentence that names the file and the field.
    pub fn from_json(name: &str, text: &[u8]) -> Result<Model, BadInput> {
        let (base, trees) = xgboost::read(name, text, FEATURES)?;
        Ok(Model { complete: Complete::new(base, &trees), walk: Walk::new(base, trees) })
    }

    /// The margin of a row. No allocation, no branch that depends on the row but the one for NaN.
    #[inline]
    pub fn margin(&self, row: &Row) -> f32 {
        match &self.complete {
            Some(complete) if !has_nan(row) => complete.margin(row),
            _ => self.walk.margin(row),
        }
    }

    /// The margin, by the plain walk: what the fast ones are checked and timed against.
    pub fn margin_by_walk(&self, row: &Row) -> f32 {
        self.walk.margin(row)
    }

    /// The margin by the portable form of the complete trees, where the model has it.
    pub fn margin_portable(&self, row: &Row) -> Option<f32> {
        self.complete.as_ref().map(|complete| complete.margin_portable(row))
    }

    /// How rows are scored, in words.
    pub fn describe(&self) -> String {
        let how = match &self.complete {
            Some(complete) => complete.describe(),
            None => "node by node: a tree is deeper than 6 levels",
        };
        format!("{} trees, scored {how}", self.walk.trees())
    }
}

/// One pass without branches: a row has a NaN only where a level holds no shares, so the answer is nearly always no.
#[inline]
fn has_nan(row: &Row) -> bool {
    row.0.iter().fold(false, |any, value| any | value.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pseudo-random number below `bound`.
    fn random(state: &mut u64, bound: u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % bound
    }

    /// Grows a tree of at most `levels` levels; thresholds repeat, so rows meet them exactly.
    fn grow(state: &mut u64, tree: &mut Tree, levels: u32) -> u32 {
        let at = tree.len();
        let value = random(state, 41) as f32 / 4.0 - 5.0;
        tree.push(Node { value, feature: 0, nan_goes_left: false, children: None });
        if levels > 0 && random(state, 8) > 0 {
            tree[at].feature = random(state, FEATURES as u64) as u8;
            tree[at].nan_goes_left = random(state, 2) == 0;
            let children = [grow(state, tree, levels - 1), grow(state, tree, levels - 1)];
            tree[at].children = Some(children);
        }
        at as u32
    }

    #[test]
    fn every_way_to_score_gives_the_same_bits() {
        let mut state = 3;
        for (trees, levels, complete) in
            [(1, 0, true), (7, 3, true), (8, 6, true), (29, 6, true), (5, 9, false)]
        {
            let trees: Vec<Tree> = (0..trees)
                .map(|_| {
                    let mut tree = Tree::new();
                    grow(&mut state, &mut tree, levels);
                    tree
                })
                .collect();
            let model = Model { complete: Complete::new(0.1, &trees), walk: Walk::new(0.1, trees) };
            assert_eq!(model.complete.is_some(), complete, "{levels} levels");
            for round in 0..2_000 {
                let mut row = Row([0.0; 32]);
                row.0[..FEATURES].fill_with(|| random(&mut state, 41) as f32 / 4.0 - 5.0);
                if round % 4 == 0 {
                    row.0[random(&mut state, FEATURES as u64) as usize] = f32::NAN;
                }
                let expected = model.margin_by_walk(&row).to_bits();
                assert_eq!(model.margin(&row).to_bits(), expected);
                if round % 4 != 0
                    && let Some(portable) = model.margin_portable(&row)
                {
                    assert_eq!(portable.to_bits(), expected);
                }
            }
        }
    }
}
