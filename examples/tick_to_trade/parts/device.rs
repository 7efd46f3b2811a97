//! The same where a device scores: the compute core asks, the device judges, the io core decides.
//!
//! What a decision looks at travels with the row through the device, so an order is made without looking anything up.

use fusewire::kernel;
use fusewire::prelude::*;

use super::features::{FEATURES, History};
use super::model::forest::tables::Tables;
use super::model::kernels::{FixedShape, Keys, Shape, Split, margins, sums};
use super::snapshot::Snapshot;
use super::strategy::About;

/// What a device computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// Float32: the margin's bits are the cpu's.
    Float,
    /// Fixed point; equal to float32 where the model's sums are exact.
    Fixed,
}

/// A row to be scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel::Data)]
#[repr(C)]
pub struct Question {
    /// The features.
    pub row: Keys,
    /// What comes back as it went.
    pub about: About,
}

/// What the model says of it.
#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub struct Judged {
    /// As it was asked.
    pub about: About,
    /// The margin.
    pub margin: f32,
}

/// What the model says of it, in fixed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel::Data)]
#[repr(C)]
pub struct JudgedFixed {
    /// As it was asked.
    pub about: About,
    /// The margin.
    pub sum: i32,
}

/// Scores a row in float32.
#[stage(kernel)]
pub fn judge(question: Question, shape: &Shape, splits: &[Split], leaves: &[f32], classes: &[u32]) -> Judged {
    let margins = margins(question.row, shape, splits, leaves, classes);
    Judged { about: question.about, margin: margins.of[0] }
}

/// Scores a row in fixed point.
#[stage(kernel)]
pub fn judge_fixed(
    question: Question,
    shape: &FixedShape,
    splits: &[Split],
    leaves: &[i32],
    classes: &[u32],
) -> JudgedFixed {
    let sums = sums(question.row, shape, splits, leaves, classes);
    JudgedFixed { about: question.about, sum: sums.of[0] }
}

/// Makes the features of a snapshot, as a device takes them.
#[derive(Debug)]
pub struct Asking {
    history: History,
    tables: Tables,
}

impl Asking {
    /// No rows yet; the price step is not 0.
    pub fn new(tables: Tables, tick: u32) -> Asking {
        Asking { history: History::new(tick), tables }
    }

    /// Takes one snapshot.
    #[inline]
    pub fn on_snapshot(&mut self, now: &Snapshot) -> Question {
        let row = self.history.row(now);
        Question { row: Keys { x: self.tables.keys(&row.0[..FEATURES]) }, about: About::of(now) }
    }
}
