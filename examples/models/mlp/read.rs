//! Reads the weights from JSON: `mean`, `inv_std`, `clip`, and for each layer a matrix `W` by output, then by input, and `b`.

use serde_json::Value;

use super::Net;

/// Why a network cannot be used: one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadNet(pub String);

impl core::fmt::Display for BadNet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadNet {}

impl Net {
    /// Reads a network from the text of its file; `name` is what messages call the file.
    ///
    /// # Errors
    /// One sentence that names the file and the field: no JSON, a field that is missing or of another size.
    pub fn from_json(name: &str, text: &[u8]) -> Result<Net, BadNet> {
        let bad = |what: String| BadNet(format!("the network {name}: {what}"));
        let root: Value =
            serde_json::from_slice(text).map_err(|error| bad(format!("it is not whole JSON: {error}")))?;
        let list = |path: &str| numbers(&root, path).map_err(|what| bad(format!("the field {path} {what}")));
        if root["activation"] != "relu" {
            return Err(bad(format!("the field activation is {}, not \"relu\"", root["activation"])));
        }
        let clip = root["clip"].as_f64().ok_or_else(|| bad("the field clip is no number".into()))? as f32;
        let sized = |path: &str, wanted: usize| match list(path)? {
            found if found.len() == wanted => Ok(found),
            found => Err(bad(format!("the field {path} has {} numbers, not {wanted}", found.len()))),
        };
        Ok(Net {
            mean: array(&sized("/mean", 26)?),
            scale: array(&sized("/inv_std", 26)?),
            clip,
            weights1: by_input(&sized("/W/0", 32 * 26)?),
            biases1: array(&sized("/b/0", 32)?),
            weights2: by_input(&sized("/W/1", 16 * 32)?),
            biases2: array(&sized("/b/1", 16)?),
            weights3: by_input(&sized("/W/2", 3 * 16)?),
            biases3: array(&sized("/b/2", 3)?),
        })
    }
}

/// The numbers at a JSON pointer, which may lie in lists.
fn numbers(root: &Value, path: &str) -> Result<Vec<f32>, String> {
    fn collect(value: &Value, found: &mut Vec<f32>) -> Result<(), String> {
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| collect(item, found)),
            Value::Number(number) => {
                let number = number.as_f64().map(|number| number as f32).filter(|number| number.is_finite());
                found.push(number.ok_or("holds a number that is no finite float32")?);
                Ok(())
            }
            _ => Err("holds something that is no number".into()),
        }
    }
    let mut found = Vec::new();
    collect(root.pointer(path).ok_or("is missing")?, &mut found)?;
    Ok(found)
}

/// As many numbers as the caller has counted.
fn array<const N: usize>(numbers: &[f32]) -> [f32; N] {
    core::array::from_fn(|at| numbers[at])
}

/// A matrix by output turned into one by input.
fn by_input<const OUTPUTS: usize, const INPUTS: usize>(numbers: &[f32]) -> [[f32; OUTPUTS]; INPUTS] {
    core::array::from_fn(|input| core::array::from_fn(|output| numbers[output * INPUTS + input]))
}
