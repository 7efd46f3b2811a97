//! Trees of up to six levels as complete trees, all of one size: splits in breadth-first order, then leaves.
//!
//! A leaf above the last level is repeated under splits that do not matter. Then every tree is the same straight-line
//! code, and a row takes the same time whatever it holds.
//!
//! NaN needs no code of its own. Splits look at *columns*, not at features: a column is a feature together with what
//! stands for its NaN, minus infinity where a NaN goes left and infinity where it goes right. Every threshold is
//! finite, so the comparison then answers what the file asks.

use super::{Forest, Tree};

/// Trees with fewer levels are filled up to this many: 16 leaves are one vector register.
pub(super) const LEAST_LEVELS: usize = 4;
pub(super) const MOST_LEVELS: usize = 6;

/// A feature, and what stands for its NaN.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    feature: u32,
    nan: f32,
}

impl Column {
    #[inline(always)]
    pub(super) fn of(self, row: &[f32]) -> f32 {
        let x = row[self.feature as usize];
        if x.is_nan() { self.nan } else { x }
    }
}

/// Right when the column reaches the threshold.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Split {
    pub(super) column: u32,
    pub(super) threshold: f32,
}

/// The trees of one class, which follow those of the class before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Class {
    pub(super) base: f32,
    pub(super) trees: usize,
}

/// All trees, class by class, those of a class in file order.
#[derive(Debug)]
pub(super) struct Complete {
    /// From [`LEAST_LEVELS`] to [`MOST_LEVELS`].
    pub(super) levels: usize,
    pub(super) columns: Vec<Column>,
    pub(super) classes: Vec<Class>,
    /// `1 << levels` for each tree: the root at 1, the children of `i` at `2i` and `2i + 1`; position 0 is not used.
    pub(super) splits: Vec<Split>,
    /// `1 << levels` for each tree, left to right.
    pub(super) leaves: Vec<f32>,
}

impl Complete {
    /// `None` if a tree is deeper than six levels.
    pub(super) fn new(forest: &Forest) -> Option<Complete> {
        let levels = forest.depth().max(LEAST_LEVELS);
        if levels > MOST_LEVELS {
            return None;
        }
        let slots = forest.trees.len() << levels;
        let mut complete = Complete {
            levels,
            columns: Vec::new(),
            classes: Vec::new(),
            splits: Vec::with_capacity(slots),
            leaves: Vec::with_capacity(slots),
        };
        for (class, &base) in forest.bases.iter().enumerate() {
            let trees = forest.trees.iter().filter(|(of, _)| *of == class);
            complete.classes.push(Class { base, trees: trees.clone().count() });
            trees.for_each(|(_, tree)| complete.add(tree));
        }
        Some(complete)
    }

    fn add(&mut self, tree: &Tree) {
        let first = self.splits.len();
        self.splits.resize(first + (1 << self.levels), Split::default());
        self.leaves.resize(first + (1 << self.levels), 0.0);
        self.fill(tree, 0, first, 1);
    }

    /// Lays the subtree at `node` out under `position`.
    fn fill(&mut self, tree: &Tree, node: usize, first: usize, position: usize) {
        let this = tree[node];
        let Some([left, right]) = this.children else {
            // All leaves under `position` are this one: as many as there are paths from here to the last level.
            let below = self.levels - position.ilog2() as usize;
            let start = first + (position << below) - (1 << self.levels);
            self.leaves[start..start + (1 << below)].fill(this.value);
            return;
        };
        let nan = if this.nan_goes_left { f32::NEG_INFINITY } else { f32::INFINITY };
        let wanted = Column { feature: this.feature, nan };
        let found = self.columns.iter().position(|at| (at.feature, at.nan) == (wanted.feature, wanted.nan));
        let column = found.unwrap_or_else(|| {
            self.columns.push(wanted);
            self.columns.len() - 1
        });
        self.splits[first + position] = Split { column: column as u32, threshold: this.value };
        self.fill(tree, left as usize, first, 2 * position);
        self.fill(tree, right as usize, first, 2 * position + 1);
    }

    /// The thresholds of every column, ascending and each once.
    pub(super) fn thresholds(&self) -> Vec<Vec<f32>> {
        let mut sorted = vec![Vec::new(); self.columns.len()];
        for split in &self.splits {
            // Without any column, no split is used.
            if let Some(thresholds) = sorted.get_mut(split.column as usize) {
                thresholds.push(split.threshold);
            }
        }
        for thresholds in &mut sorted {
            thresholds.sort_by(f32::total_cmp);
            thresholds.dedup();
        }
        sorted
    }
}

/// The same place in a tree, of which the compiler knows nothing more: so it keeps each place in a register of its own.
///
/// PERF: compiled for a processor that can load a vector from eight addresses, eight steps become such loads, which take
/// longer than eight loads: `benches/rivals` with `-C target-cpu=native` on Zen 4, a row of the logit model 452 ns
/// instead of 217, one of the regression model 3054 instead of 1105.
#[inline(always)]
pub(super) fn alone(place: usize) -> usize {
    #[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
    {
        let mut place = place;
        // SAFETY: there is no instruction.
        unsafe {
            core::arch::asm!("/* {} */", inout(reg) place, options(pure, nomem, nostack, preserves_flags));
        }
        place
    }
    #[cfg(not(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))))]
    place
}
