//! Reads the JSON that XGBoost saves a model as.

use serde_json::Value;

use super::super::input::BadInput;
use super::{Node, Tree};

/// Reads a `reg:squarederror` model of numeric splits: its base score and its trees.
///
/// # Errors
/// One sentence that names the file and the field: no JSON, a field that is missing or of the wrong kind, another
/// number of features, another booster or objective, a tree that is not a tree.
pub(super) fn read(name: &str, text: &[u8], features: usize) -> Result<(f32, Vec<Tree>), BadInput> {
    let bad = |what: String| BadInput::new(format!("the model {name}: {what}"));
    let root: Value =
        serde_json::from_slice(text).map_err(|error| bad(format!("it is not whole JSON: {error}")))?;
    let root = Field { name, path: String::new(), value: &root };

    let learner = root.get("learner")?;
    let booster = learner.get("gradient_booster")?;
    booster.get("name")?.must_be("gbtree", "only tree models can be scored")?;
    learner
        .get("objective")?
        .get("name")?
        .must_be("reg:squarederror", "its margin is the only one that is known here")?;
    let parameters = learner.get("learner_model_param")?;
    let count = parameters.get("num_feature")?;
    if count.number()? != features as f64 {
        return Err(count.bad(format!("is {}, but a row has {features} features", count.number()?)));
    }
    for single in ["num_class", "num_target"] {
        if let Ok(outputs) = parameters.get(single)
            && outputs.number()? > 1.0
        {
            return Err(outputs.bad(format!("is {}, but one number is wanted per row", outputs.number()?)));
        }
    }
    let base_field = parameters.get("base_score")?;
    let base = base_field.number()? as f32;
    if !base.is_finite() {
        return Err(base_field.bad("is not a finite number".into()));
    }
    let list = booster.get("model")?.get("trees")?;
    let trees = list.items()?.map(|tree| read_tree(&tree, features)).collect::<Result<Vec<_>, _>>()?;
    if trees.is_empty() {
        return Err(list.bad("has no tree in it".into()));
    }
    Ok((base, trees))
}

fn read_tree(tree: &Field<'_>, features: usize) -> Result<Tree, BadInput> {
    let column = |name: &str| -> Result<Vec<f64>, BadInput> {
        tree.get(name)?.items()?.map(|item| item.number()).collect()
    };
    let (left, right) = (column("left_children")?, column("right_children")?);
    let (indices, conditions) = (column("split_indices")?, column("split_conditions")?);
    let nan_left = column("default_left")?;
    let kinds = match tree.get("split_type") {
        Ok(_) => column("split_type")?,
        Err(_) => vec![0.0; left.len()],
    };
    for (name, other) in [
        ("right_children", &right),
        ("split_indices", &indices),
        ("split_conditions", &conditions),
        ("default_left", &nan_left),
        ("split_type", &kinds),
    ] {
        if other.len() != left.len() {
            return Err(tree.get(name)?.bad(format!(
                "has {} entries, left_children has {}",
                other.len(),
                left.len()
            )));
        }
    }
    if left.is_empty() {
        return Err(tree.get("left_children")?.bad("has no node in it".into()));
    }
    let child = |column: &str, at: usize, value: f64| -> Result<u32, BadInput> {
        if value >= 1.0 && value < left.len() as f64 && value.fract() == 0.0 {
            return Ok(value as u32);
        }
        Err(tree
            .get(column)?
            .bad(format!("[{at}] is {value}, which is not a node of this tree of {}", left.len())))
    };
    let mut nodes = Tree::with_capacity(left.len());
    let mut parents = vec![0_u32; left.len()];
    for at in 0..left.len() {
        let value = conditions[at] as f32;
        if !value.is_finite() {
            return Err(tree.get("split_conditions")?.bad(format!("[{at}] is not a finite float32")));
        }
        let leaf = left[at] == -1.0 && right[at] == -1.0;
        if leaf {
            nodes.push(Node { value, feature: 0, nan_goes_left: false, children: None });
            continue;
        }
        if kinds[at] != 0.0 {
            return Err(tree
                .get("split_type")?
                .bad(format!("[{at}] is categorical; only numeric splits can be scored")));
        }
        if !(0.0..features as f64).contains(&indices[at]) {
            return Err(tree
                .get("split_indices")?
                .bad(format!("[{at}] is {}, but a row has {features} features", indices[at])));
        }
        let children = [child("left_children", at, left[at])?, child("right_children", at, right[at])?];
        children.iter().for_each(|&child| parents[child as usize] += 1);
        nodes.push(Node {
            value,
            feature: indices[at] as u8,
            nan_goes_left: nan_left[at] != 0.0,
            children: Some(children),
        });
    }
    check_shape(tree, &nodes, &parents)?;
    Ok(nodes)
}

/// Every node but the root has one parent at most, and the walk from the root meets no node twice: no cycle.
fn check_shape(tree: &Field<'_>, nodes: &Tree, parents: &[u32]) -> Result<(), BadInput> {
    if let Some(at) = parents.iter().position(|&count| count > 1) {
        return Err(tree.bad(format!("is not a tree: node {at} has {} parents", parents[at])));
    }
    // With one parent at most for each node and none for the root, nothing that the root reaches lies on a cycle.
    // A level that is too deep for the stack of a recursive pass is refused here.
    let (mut level, mut depth) = (vec![0_u32], 0);
    while !level.is_empty() {
        depth += 1;
        level = level.iter().filter_map(|&at| nodes[at as usize].children).flatten().collect();
        if depth > 64 {
            return Err(tree.bad("is deeper than 64 levels".into()));
        }
    }
    Ok(())
}

/// A value and the path that leads to it, for messages.
struct Field<'a> {
    name: &'a str,
    path: String,
    value: &'a Value,
}

impl<'a> Field<'a> {
    fn get(&self, key: &str) -> Result<Field<'a>, BadInput> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        match self.value.get(key) {
            Some(value) => Ok(Field { name: self.name, path, value }),
            None => Err(BadInput::new(format!("the model {}: the field {path} is missing", self.name))),
        }
    }

    fn items(&self) -> Result<impl Iterator<Item = Field<'a>>, BadInput> {
        let Value::Array(items) = self.value else {
            return Err(self.bad("is not a list".into()));
        };
        let (name, path) = (self.name, self.path.clone());
        Ok(items.iter().enumerate().map(move |(at, value)| Field {
            name,
            path: format!("{path}[{at}]"),
            value,
        }))
    }

    /// A number, whether it is written as one, as a boolean, as a string, or (XGBoost 3) as a string of a list of one.
    fn number(&self) -> Result<f64, BadInput> {
        let number = match self.value {
            Value::Number(number) => number.as_f64(),
            Value::Bool(flag) => Some(f64::from(*flag)),
            Value::String(text) => {
                text.trim().trim_start_matches('[').trim_end_matches(']').trim().parse().ok()
            }
            _ => None,
        };
        number.ok_or_else(|| self.bad(format!("is {}, which is not one number", short(self.value))))
    }

    fn must_be(&self, wanted: &str, why: &str) -> Result<(), BadInput> {
        if self.value.as_str() == Some(wanted) {
            return Ok(());
        }
        Err(self.bad(format!("is {}, not \"{wanted}\": {why}", short(self.value))))
    }

    fn bad(&self, what: String) -> BadInput {
        let gap = if what.starts_with('[') { "" } else { " " };
        BadInput::new(format!("the model {}: the field {}{gap}{what}", self.name, self.path))
    }
}

/// A value for a message, cut where it gets long.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
