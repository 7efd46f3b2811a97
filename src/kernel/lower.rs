//! From descriptions to a program.

use super::bound::BoundFunction;
use super::program::{Program, Refused};

pub(super) fn program(functions: &[BoundFunction]) -> Result<Program, Refused> {
    let (kernel, file, line) =
        functions.first().map_or(("", "", 0), |f| (f.function().name, f.function().file, f.function().line));
    Err(Refused { kernel, file, line, what: "not lowered yet".to_owned(), help: "wait".to_owned() })
}
