//! The model: gradient-boosted trees, scored one row at a time.
//!
//! [`forest`] reads the file and scores, [`kernels`] score on devices; both are those of `examples/models`. What is added here
//! is that a row has the features of this job, and that the answer is one number.

#[path = "../../models/forest.rs"]
pub mod forest;
#[path = "../../models/kernels.rs"]
pub mod kernels;

use super::features::{FEATURES, Row};
use super::input::BadInput;
use forest::tables::Tables;
use forest::{Forest, Scorer, Way};

/// A model that is ready to score.
#[derive(Debug)]
pub struct Model {
    scorer: Scorer,
}

impl Model {
    /// Reads an XGBoost model from the text of its JSON file; `name` is what messages call the file.
    ///
    /// # Errors
    /// One sentence that names the file and the field.
    pub fn from_json(name: &str, text: &[u8]) -> Result<Model, BadInput> {
        Model::by(name, text, Way::Best)
    }

    /// The same, to be scored in one way: what the fast ones are checked and timed against.
    ///
    /// # Errors
    /// As those of [`Model::from_json`].
    pub fn by(name: &str, text: &[u8], way: Way) -> Result<Model, BadInput> {
        let forest = Forest::from_json(name, text).map_err(|error| BadInput::new(error.to_string()))?;
        let bad = |field: &str, what: String| {
            Err(BadInput::new(format!("the model {name}: the field learner.{field} {what}")))
        };
        if forest.objective != "reg:squarederror" {
            let what =
                format!("is \"{}\", not \"reg:squarederror\": a margin is wanted in ticks", forest.objective);
            return bad("objective.name", what);
        }
        if forest.features != FEATURES {
            let what = format!("is {}, but a row has {FEATURES} features", forest.features);
            return bad("learner_model_param.num_feature", what);
        }
        if forest.outputs() != 1 {
            let what = format!("is {}, but one number is wanted per row", forest.outputs());
            return bad("learner_model_param.num_class", what);
        }
        Ok(Model { scorer: Scorer::by(forest, way) })
    }

    /// The margin of a row. No allocation, no branch that depends on the row unless a tree has more than six levels.
    #[inline]
    pub fn margin(&self, row: &Row) -> f32 {
        let mut margin = [0.0];
        self.scorer.margins(&row.0[..FEATURES], &mut margin);
        margin[0]
    }

    /// The same model with leaves in multiples of 1/4096. Every sum is then exact in float32 as in fixed point, so every
    /// device gives the same orders.
    pub fn exact(self) -> Model {
        let mut forest = self.scorer.forest().clone();
        let round = |x: &mut f32| *x = (*x * 4096.0).round_ties_even() / 4096.0;
        forest.bases.iter_mut().for_each(round);
        let nodes = forest.trees.iter_mut().flat_map(|(_, tree)| tree);
        nodes.filter(|node| node.children.is_none()).for_each(|leaf| round(&mut leaf.value));
        Model { scorer: Scorer::new(forest) }
    }

    /// The model as devices take it.
    ///
    /// # Errors
    /// One sentence: it has more levels or columns than a device's row.
    pub fn tables(&self) -> Result<Tables, BadInput> {
        Tables::new(self.scorer.forest()).map_err(|error| BadInput::new(error.to_string()))
    }

    /// How rows are scored, in words.
    pub fn describe(&self) -> String {
        self.scorer.describe()
    }
}
