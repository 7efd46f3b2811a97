//! Models on the cpu: one row or many, and what a row costs.

use std::time::{Duration, Instant};

use super::files::{Case, Model};
use super::forest::{Scorer, walk};
use super::mlp::{self, Features, Net};

/// How many rows are scored at a time.
pub const BATCHES: [usize; 3] = [1, 16, 256];

/// Scores rows that lie one behind the other into answers that do.
pub type Score<'a> = Box<dyn FnMut(&[f32], &mut [f32]) + 'a>;

/// A model that is ready on the cpu.
#[derive(Debug)]
pub enum Ready {
    /// Trees.
    Trees(Box<Scorer>),
    /// A network.
    Mlp(Box<Net>),
}

impl Ready {
    /// Prepares a model.
    pub fn new(model: &Model) -> Ready {
        match model {
            Model::Forest(forest) => Ready::Trees(Box::new(Scorer::new(forest.clone()))),
            Model::Mlp(net) => Ready::Mlp(net.clone()),
        }
    }

    /// What scores `batch` rows at a time.
    pub fn score(&self, batch: usize) -> Score<'_> {
        match self {
            Ready::Trees(scorer) if batch == 1 => Box::new(|row, answers| scorer.margins(row, answers)),
            Ready::Trees(scorer) => {
                let mut many = scorer.batch();
                Box::new(move |rows, answers| many.margins(rows, answers))
            }
            Ready::Mlp(net) => Box::new(|rows, answers| {
                let rows = rows.as_chunks().0;
                for (x, answer) in rows.iter().zip(answers.as_chunks_mut().0) {
                    *answer = mlp::logits_here(Features { x: *x }, net).y;
                }
            }),
        }
    }

    /// How rows are scored, in words.
    pub fn describe(&self) -> String {
        match self {
            Ready::Trees(scorer) => scorer.describe(),
            Ready::Mlp(_) => "layers of 32, 16 and 3, float32 in the order of the inputs".into(),
        }
    }
}

/// All answers, scored `batch` rows at a time.
pub fn answers(case: &Case, batch: usize) -> Vec<f32> {
    let (features, outputs) = case.model.shape();
    let ready = Ready::new(&case.model);
    let mut score = ready.score(batch);
    let mut answers = vec![0.0; case.rows.len() / features * outputs];
    let parts = case.rows.chunks(batch * features).zip(answers.chunks_mut(batch * outputs));
    parts.for_each(|(rows, answers)| score(rows, answers));
    answers
}

/// What the answers are compared with: the reference, or the plain walk where nobody computed one.
pub fn expected(case: &Case) -> Vec<f32> {
    if let Some(reference) = &case.reference {
        return reference.clone();
    }
    let (features, outputs) = case.model.shape();
    let mut answers = vec![0.0; case.rows.len() / features * outputs];
    for (row, answers) in case.rows.chunks(features).zip(answers.chunks_mut(outputs)) {
        match &case.model {
            Model::Forest(forest) => walk::margins(forest, row, answers),
            Model::Mlp(net) => {
                let x = core::array::from_fn(|at| row[at]);
                answers.copy_from_slice(&mlp::logits(Features { x }, net).y);
            }
        }
    }
    answers
}

/// The largest difference; infinite where only one of the two is a number.
pub fn worst(found: &[f32], expected: &[f32]) -> f32 {
    let difference = |(found, expected): (&f32, &f32)| match (found - expected).abs() {
        _ if found.to_bits() == expected.to_bits() => 0.0,
        difference if difference.is_nan() => f32::INFINITY,
        difference => difference,
    };
    found.iter().zip(expected).map(difference).fold(0.0, f32::max)
}

/// Nanoseconds per row, `batch` rows at a time: the best of many rounds of about a thousand rows, short enough that some
/// are not interrupted. No row takes longer than another.
pub fn time(case: &Case, batch: usize) -> f64 {
    let (features, outputs) = case.model.shape();
    let ready = Ready::new(&case.model);
    let mut score = ready.score(batch);
    let mut answers = vec![0.0; batch * outputs];
    let (began, mut best) = (Instant::now(), f64::INFINITY);
    let round = batch * 1024_usize.div_ceil(batch);
    while best.is_infinite() || began.elapsed() < Duration::from_millis(300) {
        for rows in case.rows.chunks(round * features) {
            let (begun, batches) = (Instant::now(), rows.chunks_exact(batch * features));
            let count = batches.len() * batch;
            if count == 0 {
                continue;
            }
            for rows in batches {
                score(core::hint::black_box(rows), &mut answers);
            }
            best = best.min(begun.elapsed().as_nanos() as f64 / count as f64);
        }
        if case.rows.len() < batch * features {
            return f64::NAN;
        }
    }
    best
}
