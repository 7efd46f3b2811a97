//! Every way to score gives the bits of the walk.

use super::*;

/// A pseudo-random number below `bound`.
fn random(state: &mut u64, bound: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % bound
}

/// What a forest is grown from.
struct Shape {
    trees: usize,
    levels: u32,
    features: u64,
    classes: usize,
    /// How many values a threshold can have; a row meets them exactly.
    values: u64,
    /// Whether both directions for NaN are used.
    both_directions: bool,
}

fn value(state: &mut u64, values: u64) -> f32 {
    random(state, values) as f32 / 4.0 - values as f32 / 8.0
}

fn grow(state: &mut u64, shape: &Shape, tree: &mut Tree, levels: u32) -> u32 {
    let at = tree.len();
    tree.push(Node { value: value(state, shape.values), feature: 0, nan_goes_left: false, children: None });
    if levels > 0 && random(state, 8) > 0 {
        tree[at].feature = random(state, shape.features) as u32;
        tree[at].nan_goes_left = !shape.both_directions || random(state, 2) == 0;
        let children = [grow(state, shape, tree, levels - 1), grow(state, shape, tree, levels - 1)];
        tree[at].children = Some(children);
    }
    at as u32
}

fn forest(state: &mut u64, shape: &Shape) -> Forest {
    let trees = (0..shape.trees).map(|number| {
        let mut tree = Tree::new();
        grow(state, shape, &mut tree, shape.levels);
        (number % shape.classes, tree)
    });
    let trees = trees.collect();
    let bases = (0..shape.classes).map(|class| class as f32 + 0.1).collect();
    Forest { features: shape.features as usize, objective: "reg:squarederror".into(), bases, trees }
}

fn bits(margins: &[f32]) -> Vec<u32> {
    margins.iter().map(|margin| margin.to_bits()).collect()
}

fn check(shape: &Shape) {
    let mut state = 3;
    let forest = forest(&mut state, shape);
    let rows = 700;
    let mut values: Vec<f32> =
        (0..rows * forest.features).map(|_| value(&mut state, shape.values + 2)).collect();
    for special in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 0.0] {
        (0..values.len() / 20).for_each(|_| {
            let at = random(&mut state, values.len() as u64) as usize;
            values[at] = special;
        });
    }
    let classes = forest.outputs();
    let mut expected = vec![0.0; rows * classes];
    for (row, margins) in values.chunks(forest.features).zip(expected.chunks_mut(classes)) {
        walk::margins(&forest, row, margins);
    }
    for way in [Way::Best, Way::Portable, Way::Avx2, Way::Walk] {
        let scorer = Scorer::by(forest.clone(), way);
        let mut found = vec![0.0; expected.len()];
        for (row, margins) in values.chunks(forest.features).zip(found.chunks_mut(classes)) {
            scorer.margins(row, margins);
        }
        assert_eq!(bits(&found), bits(&expected), "{way:?} row by row: {}", scorer.describe());
        let mut batch = scorer.batch();
        for size in [1, 2, 16, 24, 63, 64, 65, 255, 256, 257, rows] {
            found.fill(0.0);
            let parts = values.chunks(size * forest.features).zip(found.chunks_mut(size * classes));
            parts.for_each(|(rows, margins)| batch.margins(rows, margins));
            assert_eq!(bits(&found), bits(&expected), "{way:?} by {size}: {}", scorer.describe());
        }
    }
}

#[test]
fn every_way_to_score_gives_the_same_bits() {
    let shape = Shape { trees: 29, levels: 6, features: 23, classes: 1, values: 41, both_directions: true };
    check(&Shape { trees: 1, levels: 0, ..shape });
    check(&Shape { trees: 7, levels: 3, ..shape });
    check(&Shape { trees: 40, levels: 4, ..shape });
    check(&Shape { trees: 50, levels: 5, classes: 3, ..shape });
    check(&Shape { trees: 8, levels: 6, ..shape });
    check(&shape);
    // Deeper than complete trees go, in both directions for more columns than a vector has bytes, more thresholds
    // than a byte counts, more columns than a byte counts.
    check(&Shape { trees: 5, levels: 9, ..shape });
    check(&Shape { features: 60, ..shape });
    check(&Shape { values: 3_000, features: 2, ..shape });
    check(&Shape { trees: 60, features: 700, both_directions: false, ..shape });
}
