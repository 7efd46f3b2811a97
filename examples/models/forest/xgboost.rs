//! Reads the JSON that XGBoost saves a model as.

use serde_json::Value;

use super::{BadModel, Forest, Node, Tree};

/// What models are trained for whose margins are plain sums of leaves.
const OBJECTIVES: [&str; 7] = [
    "reg:squarederror",
    "reg:linear",
    "reg:absoluteerror",
    "reg:logistic",
    "binary:logistic",
    "multi:softprob",
    "multi:softmax",
];

/// Reads a model of numeric splits.
///
/// # Errors
/// One sentence that names the file and the field: no JSON, a field that is missing or of the wrong kind, another
/// booster, an unknown objective, several targets, a tree that is not a tree.
pub(super) fn read(name: &str, text: &[u8]) -> Result<Forest, BadModel> {
    let root: Value = serde_json::from_slice(text)
        .map_err(|error| BadModel(format!("the model {name}: it is not whole JSON: {error}")))?;
    let root = Field { name, path: String::new(), value: &root };

    let learner = root.get("learner")?;
    let booster = learner.get("gradient_booster")?;
    booster.get("name")?.must_be(&["gbtree"], "only tree models can be scored")?;
    let objective = learner.get("objective")?.get("name")?;
    objective.must_be(&OBJECTIVES, "only of these the margin is known here")?;
    let objective = objective.value.as_str().unwrap_or_default().to_owned();
    let parameters = learner.get("learner_model_param")?;
    let features = parameters.get("num_feature")?.count(1 << 24)?;
    if let Ok(targets) = parameters.get("num_target")
        && targets.number()? > 1.0
    {
        return Err(targets.bad(format!("is {}, but only one target can be scored", targets.number()?)));
    }
    // Older files have no classes where there is one number per row, newer ones have 0.
    let classes = match parameters.get("num_class") {
        Ok(classes) if classes.number()? != 0.0 => classes.count(1 << 16)?,
        _ => 1,
    };
    let bases = bases(&parameters.get("base_score")?, &objective, classes)?;

    let model = booster.get("model")?;
    let list = model.get("trees")?;
    let trees = list.items()?.map(|tree| read_tree(&tree, features)).collect::<Result<Vec<_>, _>>()?;
    if trees.is_empty() {
        return Err(list.bad("has no tree in it".into()));
    }
    let info = model.get("tree_info")?;
    let of_class: Vec<f64> = info.items()?.map(|item| item.number()).collect::<Result<_, _>>()?;
    if of_class.len() != trees.len() {
        return Err(info.bad(format!("has {} entries for {} trees", of_class.len(), trees.len())));
    }
    if let Some(at) = of_class.iter().position(|class| !(0.0..classes as f64).contains(class)) {
        return Err(info.bad(format!("[{at}] is {}, but there are {classes} classes", of_class[at])));
    }
    let trees = of_class.iter().map(|&class| class as usize).zip(trees).collect();
    Ok(Forest { features, objective, bases, trees })
}

/// Where the sums begin. Of a logistic model the file has the probability, whose margin XGBoost computes in float32.
fn bases(field: &Field<'_>, objective: &str, classes: usize) -> Result<Vec<f32>, BadModel> {
    let mut bases = field.numbers()?;
    if bases.len() == 1 {
        bases.resize(classes, bases[0]);
    }
    if bases.len() != classes {
        return Err(field.bad(format!("has {} numbers for {classes} classes", bases.len())));
    }
    if objective.ends_with(":logistic") {
        if bases.iter().any(|base| !(*base > 0.0 && *base < 1.0)) {
            return Err(field.bad(format!("is {}, not a probability between 0 and 1", short(field.value))));
        }
        bases.iter_mut().for_each(|base| *base = -(1.0 / *base - 1.0).ln());
    }
    if bases.iter().any(|base| !base.is_finite()) {
        return Err(field.bad("is not a finite number".into()));
    }
    Ok(bases)
}

fn read_tree(tree: &Field<'_>, features: usize) -> Result<Tree, BadModel> {
    if let Ok(size) = tree.get("tree_param").and_then(|parameters| parameters.get("size_leaf_vector"))
        && size.number()? > 1.0
    {
        return Err(size.bad(format!("is {}, but a leaf has one number here", size.number()?)));
    }
    let column = |name: &str| -> Result<Vec<f64>, BadModel> {
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
    let child = |column: &str, at: usize, value: f64| -> Result<u32, BadModel> {
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
            feature: indices[at] as u32,
            nan_goes_left: nan_left[at] != 0.0,
            children: Some(children),
        });
    }
    check_shape(tree, &nodes, &parents)?;
    Ok(nodes)
}

/// Every node but the root has one parent at most, and the walk from the root meets no node twice: no cycle.
fn check_shape(tree: &Field<'_>, nodes: &Tree, parents: &[u32]) -> Result<(), BadModel> {
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
    fn get(&self, key: &str) -> Result<Field<'a>, BadModel> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        match self.value.get(key) {
            Some(value) => Ok(Field { name: self.name, path, value }),
            None => Err(BadModel(format!("the model {}: the field {path} is missing", self.name))),
        }
    }

    fn items(&self) -> Result<impl Iterator<Item = Field<'a>>, BadModel> {
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
    fn number(&self) -> Result<f64, BadModel> {
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

    /// Numbers that are written as one string, `"5E-1"` or `"[1E0,2E0]"`.
    fn numbers(&self) -> Result<Vec<f32>, BadModel> {
        let Value::String(text) = self.value else {
            return Ok(vec![self.number()? as f32]);
        };
        let list = text.trim().trim_start_matches('[').trim_end_matches(']').split(',');
        let numbers = list.map(|number| number.trim().parse()).collect::<Result<_, _>>();
        numbers.map_err(|_| self.bad(format!("is {}, which is not one number or several", short(self.value))))
    }

    /// A whole number from 1 to `most`.
    fn count(&self, most: usize) -> Result<usize, BadModel> {
        let number = self.number()?;
        if number.fract() == 0.0 && (1.0..=most as f64).contains(&number) {
            return Ok(number as usize);
        }
        Err(self.bad(format!("is {number}, not a whole number from 1 to {most}")))
    }

    fn must_be(&self, wanted: &[&str], why: &str) -> Result<(), BadModel> {
        if self.value.as_str().is_some_and(|found| wanted.contains(&found)) {
            return Ok(());
        }
        Err(self.bad(format!("is {}, not {}: {why}", short(self.value), wanted.join(", "))))
    }

    fn bad(&self, what: String) -> BadModel {
        let gap = if what.starts_with('[') { "" } else { " " };
        BadModel(format!("the model {}: the field {}{gap}{what}", self.name, self.path))
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
