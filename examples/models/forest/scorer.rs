//! A forest in every form that is fast on this machine.

use super::abreast::Abreast;
use super::blocks::Blocks;
use super::complete::Complete;
use super::ranked::Ranked;
use super::together::{self, Together};
use super::{Forest, walk};

/// A model that is ready to score. It can be shared by threads.
#[derive(Debug)]
pub struct Scorer {
    forest: Forest,
    fast: Option<Fast>,
}

/// What trees of up to six levels have besides.
#[derive(Debug)]
struct Fast {
    complete: Complete,
    abreast: Option<Abreast>,
    ranked: Option<Ranked>,
    together: Option<Together>,
    blocks: Option<Blocks>,
}

/// A way to score, for comparing them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The fastest that the model and the processor allow.
    Best,
    /// With no vectors but those of AVX2, for many rows; as [`Way::Portable`] where there are none.
    Avx2,
    /// Without vectors beyond what every processor of this kind has.
    Portable,
    /// Node by node.
    Walk,
}

impl Scorer {
    /// Prepares a forest. This allocates; scoring does not.
    pub fn new(forest: Forest) -> Scorer {
        Scorer::by(forest, Way::Best)
    }

    /// Prepares a forest to be scored in one way.
    pub fn by(forest: Forest, way: Way) -> Scorer {
        let fast = Complete::new(&forest).filter(|_| way != Way::Walk).map(|complete| Fast {
            abreast: Abreast::new(&complete),
            ranked: Ranked::new(&complete).filter(|_| way == Way::Best),
            together: Together::new(&complete),
            blocks: Blocks::new(&complete, way),
            complete,
        });
        Scorer { forest, fast }
    }

    /// The model as its file has it.
    pub fn forest(&self) -> &Forest {
        &self.forest
    }

    /// The margins of a row, one per class: what the model says before a sigmoid or softmax, as XGBoost computes it, bit
    /// for bit. No allocation, and no branch that depends on the row unless a tree has more than six levels.
    ///
    /// # Panics
    /// The row has not as many numbers as the model has features, or `margins` not as many as it has classes.
    #[inline]
    pub fn margins(&self, row: &[f32], margins: &mut [f32]) {
        self.check(1, row, margins);
        match &self.fast {
            Some(Fast { complete, ranked: Some(ranked), .. }) => ranked.margins(complete, row, margins),
            Some(Fast { complete, abreast: Some(abreast), .. }) => abreast.margins(complete, row, margins),
            _ => walk::margins(&self.forest, row, margins),
        }
    }

    /// What many rows at a time are scored with. This allocates once.
    pub fn batch(&self) -> Batch<'_> {
        let blocks = self.fast.as_ref().and_then(|fast| fast.blocks.as_ref());
        Batch { scorer: self, answers: blocks.map(Blocks::answers).unwrap_or_default() }
    }

    /// How rows are scored, in words.
    pub fn describe(&self) -> String {
        let row = match &self.fast {
            Some(Fast { ranked: Some(_), .. }) => "64 splits by one comparison (AVX-512 VBMI)",
            Some(Fast { abreast: Some(_), .. }) => "8 trees abreast without branches",
            _ => "node by node",
        };
        let blocks = self.fast.as_ref().and_then(|fast| fast.blocks.as_ref());
        let some = match &self.fast {
            Some(Fast { ranked: None, together: Some(_), .. }) => "8 together",
            _ => "one by one",
        };
        let blocks = blocks.map_or("as some".into(), |blocks| format!("in blocks ({})", blocks.describe()));
        let (trees, depth) = (self.forest.trees.len(), self.forest.depth());
        format!("{trees} trees of up to {depth} levels; a row: {row}; some rows: {some}; many rows: {blocks}")
    }

    fn check(&self, rows: usize, values: &[f32], margins: &[f32]) {
        let (features, classes) = (self.forest.features, self.forest.outputs());
        assert!(
            values.len() == rows * features && margins.len() == rows * classes,
            "{rows} rows of {features} features and {classes} classes do not fit {} numbers and {} margins",
            values.len(),
            margins.len()
        );
    }
}

/// Scores many rows at a time.
#[derive(Debug)]
pub struct Batch<'a> {
    scorer: &'a Scorer,
    answers: Vec<u64>,
}

impl Batch<'_> {
    /// The margins of `rows`, which lie one behind the other, as do the margins. The bits are those of
    /// [`Scorer::margins`], and nothing is allocated.
    ///
    /// # Panics
    /// `rows` are not whole rows, or `margins` has not as many numbers as they have classes.
    pub fn margins(&mut self, rows: &[f32], margins: &mut [f32]) {
        let (features, classes) = (self.scorer.forest.features, self.scorer.forest.outputs());
        let count = margins.len() / classes;
        self.scorer.check(count, rows, margins);
        match &self.scorer.fast {
            Some(Fast { complete, blocks: Some(blocks), .. }) if count >= blocks.least() => {
                blocks.margins(complete, features, &mut self.answers, rows, margins);
            }
            Some(Fast { complete, ranked: None, together: Some(together), .. }) => {
                let eight = (together::ROWS * features, together::ROWS * classes);
                let (eights, rest) = rows.split_at(rows.len() / eight.0 * eight.0);
                let (eights_margins, rest_margins) = margins.split_at_mut(margins.len() / eight.1 * eight.1);
                for (rows, margins) in
                    eights.chunks_exact(eight.0).zip(eights_margins.chunks_exact_mut(eight.1))
                {
                    together.margins(complete, rows, margins);
                }
                self.one_by_one(rest, rest_margins);
            }
            _ => self.one_by_one(rows, margins),
        }
    }

    fn one_by_one(&self, rows: &[f32], margins: &mut [f32]) {
        let (features, classes) = (self.scorer.forest.features, self.scorer.forest.outputs());
        for (row, margins) in rows.chunks_exact(features).zip(margins.chunks_exact_mut(classes)) {
            self.scorer.margins(row, margins);
        }
    }
}
