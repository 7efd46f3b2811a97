//! The model: gradient-boosted trees, scored one row at a time.
//!
//! [`xgboost`] reads the file, [`walk`] scores any tree in the plain way, and [`complete`] scores trees of up to
//! six levels without a branch. All of them add the leaves in file order, in float32: XGBoost's margin, bit for bit.

#[path = "model/complete.rs"]
pub mod complete;
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
        format!("{} trees, {how}", self.walk.trees())
    }
}

/// One pass without branches: a row has a NaN only where a level holds no shares, so the answer is nearly always no.
#[inline]
fn has_nan(row: &Row) -> bool {
    row.0.iter().fold(false, |any, value| any | value.is_nan())
}
