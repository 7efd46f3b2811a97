//! A model with its rows and, where there are any, the answers that somebody else computed.

use std::path::{Path, PathBuf};

use super::forest::Forest;
use super::mlp::Net;

/// What can be scored.
#[derive(Debug)]
pub enum Model {
    /// Gradient-boosted trees.
    Forest(Forest),
    /// A neural network.
    Mlp(Box<Net>),
}

impl Model {
    /// How many numbers a row has, and how many its answer.
    pub fn shape(&self) -> (usize, usize) {
        match self {
            Model::Forest(forest) => (forest.features, forest.outputs()),
            Model::Mlp(_) => (26, 3),
        }
    }
}

/// A model with its rows.
#[derive(Debug)]
pub struct Case {
    /// The model's file without folder and extension.
    pub name: String,
    /// What scores.
    pub model: Model,
    /// All rows, one behind the other.
    pub rows: Vec<f32>,
    /// The reference: all answers, one behind the other.
    pub reference: Option<Vec<f32>>,
}

impl Case {
    /// Drops all rows but the first.
    pub fn keep(&mut self, rows: usize) {
        let (features, outputs) = self.model.shape();
        self.rows.truncate(rows * features);
        if let Some(reference) = &mut self.reference {
            reference.truncate(rows * outputs);
        }
    }
}

/// Reads a case. The reference is looked for beside the rows `X.features.f32`: `X.MODEL.margin.f32` or `X.margin.f32` for
/// trees, `X.mlp.logits.f32` for a network.
///
/// # Errors
/// One sentence: a file is missing or unreadable, the model is not sound, the rows are not whole rows, or the reference
/// is of another length.
pub fn read(model: &Path, rows: &Path) -> Result<Case, String> {
    let name = model.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = bytes(model)?;
    let shown = model.display().to_string();
    let is_net =
        serde_json::from_slice::<serde_json::Value>(&text).is_ok_and(|root| root.get("layers").is_some());
    let model = if is_net {
        Model::Mlp(Box::new(Net::from_json(&shown, &text).map_err(|error| error.to_string())?))
    } else {
        Model::Forest(Forest::from_json(&shown, &text).map_err(|error| error.to_string())?)
    };
    let (features, outputs) = model.shape();
    let values = floats(rows)?;
    if values.is_empty() || values.len() % features != 0 {
        let (rows, count) = (rows.display(), values.len());
        return Err(format!("{rows} has {count} float32 numbers, which are not rows of {features}"));
    }
    let Some(path) = reference(&name, is_net, rows) else {
        return Ok(Case { name, model, rows: values, reference: None });
    };
    let (reference, wanted) = (floats(&path)?, values.len() / features * outputs);
    if reference.len() != wanted {
        let (path, count) = (path.display(), reference.len());
        return Err(format!("{path} has {count} float32 numbers, but the rows have {wanted} answers"));
    }
    Ok(Case { name, model, rows: values, reference: Some(reference) })
}

fn reference(name: &str, is_net: bool, rows: &Path) -> Option<PathBuf> {
    let stem = rows.file_name()?.to_str()?.strip_suffix(".features.f32")?;
    let names = match is_net {
        true => vec![format!("{stem}.mlp.logits.f32")],
        false if stem == name => vec![format!("{stem}.margin.f32")],
        false => vec![format!("{stem}.{name}.margin.f32")],
    };
    names.into_iter().map(|name| rows.with_file_name(name)).find(|path| path.exists())
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// The little-endian float32 numbers of a file.
fn floats(path: &Path) -> Result<Vec<f32>, String> {
    let bytes = bytes(path)?;
    let (numbers, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(format!(
            "{} has {} bytes, which are not whole float32 numbers",
            path.display(),
            bytes.len()
        ));
    }
    Ok(numbers.iter().map(|four| f32::from_le_bytes(*four)).collect())
}

/// The cases of a folder of shared data, or what is missing.
pub fn shared(folder: &Path) -> Vec<Result<Case, String>> {
    let rows = folder.join("open_esh4_20231225.features.f32");
    let third = folder.join("third_party");
    let ours = ["xgb_logit_64_d4", "xgb_softprob3_60x3_d5", "xgb_reg_200_d6", "mlp_26_32_16_3"];
    let mut cases: Vec<_> =
        ours.iter().map(|name| read(&folder.join(format!("{name}.json")), &rows)).collect();
    let agaricus = "agaricus_logistic50";
    let model = third.join(format!("{agaricus}.json"));
    cases.push(read(&model, &third.join(format!("{agaricus}.features.f32"))));
    cases
}
