//! Gradient-boosted trees: read from XGBoost's file, scored as XGBoost scores them, bit for bit.
//!
//! [`xgboost`] reads the file into a [`Forest`]. A [`Scorer`] holds the forest in the forms that are fast:
//!
//! | rows | form | where |
//! |---|---|---|
//! | any | [`walk`]: node by node | trees of any depth: the reference |
//! | one | [`abreast`]: eight complete trees together, no branches | up to six levels |
//! | one | [`ranked`]: all splits of a tree by one byte comparison | the same, with AVX-512 VBMI |
//! | some | [`together`]: eight rows through a tree together, no branches | the same, without AVX-512 VBMI |
//! | many | [`blocks`]: every threshold and every choice for 256 rows at a time, as bits | the same, portable, AVX2 and AVX-512 |
//!
//! [`tables`] lays a forest out for devices.
//!
//! Each adds the leaves of a class in file order in float32, which is what makes the bits equal.

#[path = "forest/abreast.rs"]
pub mod abreast;
#[path = "forest/blocks.rs"]
pub mod blocks;
#[path = "forest/complete.rs"]
pub mod complete;
#[path = "forest/ranked.rs"]
pub mod ranked;
#[path = "forest/scorer.rs"]
pub mod scorer;
#[path = "forest/tables.rs"]
pub mod tables;
#[path = "forest/together.rs"]
pub mod together;
#[path = "forest/walk.rs"]
pub mod walk;
#[path = "forest/xgboost.rs"]
pub mod xgboost;

#[cfg(test)]
#[path = "forest/tests.rs"]
mod tests;

pub use scorer::{Batch, Scorer, Way};

/// One split or leaf of a tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// Left when the feature is below this; in a leaf, its value. Always finite.
    pub value: f32,
    /// The feature that is looked at.
    pub feature: u32,
    /// Where a NaN goes.
    pub nan_goes_left: bool,
    /// The children, left and right; `None` in a leaf.
    pub children: Option<[u32; 2]>,
}

/// One tree; its root is node 0, and every child exists once.
pub type Tree = Vec<Node>;

/// A model as its file has it.
#[derive(Debug, Clone)]
pub struct Forest {
    /// How many features a row has.
    pub features: usize,
    /// What it was trained for, in XGBoost's words.
    pub objective: String,
    /// Where the sum of each class begins; a model that gives one number has one class.
    pub bases: Vec<f32>,
    /// The trees, in file order, each with the class that it adds to.
    pub trees: Vec<(usize, Tree)>,
}

impl Forest {
    /// Reads an XGBoost model from the text of its JSON file; `name` is what messages call the file.
    ///
    /// # Errors
    /// One sentence that names the file and the field.
    pub fn from_json(name: &str, text: &[u8]) -> Result<Forest, BadModel> {
        xgboost::read(name, text)
    }

    /// How many numbers a row's answer has: one per class.
    pub fn outputs(&self) -> usize {
        self.bases.len()
    }

    /// How many splits the longest path has.
    pub fn depth(&self) -> usize {
        self.trees.iter().map(|(_, tree)| depth(tree)).max().unwrap_or(0)
    }
}

/// Level by level, so that a deep tree needs no deep stack.
fn depth(tree: &Tree) -> usize {
    let (mut level, mut depth) = (vec![0_u32], 0);
    loop {
        level = level.iter().filter_map(|&at| tree[at as usize].children).flatten().collect();
        if level.is_empty() {
            return depth;
        }
        depth += 1;
    }
}

/// Why a model cannot be scored: one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadModel(pub String);

impl core::fmt::Display for BadModel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadModel {}
