//! What a pattern says of the types of what it is matched with.

use super::{Infer, Part};
use crate::kernel::lower::unify::{Term, Var};
use crate::kernel::program::Refused;
use crate::kernel::tree::Pattern;

impl Infer {
    pub(in crate::kernel::lower) fn pattern(
        &mut self,
        pattern: &'static Pattern,
        ty: Var,
    ) -> Result<(), Refused> {
        match pattern {
            Pattern::Any | Pattern::Rest | Pattern::Range { .. } | Pattern::Is(_) => {
                let (one, other) = match pattern {
                    Pattern::Is(expr) => (Some(*expr), None),
                    Pattern::Range { from, to, .. } => (*from, *to),
                    _ => (None, None),
                };
                for expr in [one, other].into_iter().flatten() {
                    let typed = self.expr(expr)?;
                    self.types.unify(typed.ty, ty);
                }
                Ok(())
            }
            Pattern::Bind { binding, inner, .. } => {
                self.bind(*binding, ty);
                inner.map_or(Ok(()), |inner| self.pattern(inner, ty))
            }
            Pattern::Or(cases) => cases.iter().try_for_each(|case| self.pattern(case, ty)),
            Pattern::Tuple(parts) => self.tuple_pattern(parts, ty),
            Pattern::Array(parts) => {
                let element = self.look_up(ty, Part::Element, 0)?;
                parts.iter().try_for_each(|part| self.pattern(part, element))
            }
            Pattern::Struct { layout, fields } => {
                let known = self.types.layout(layout);
                self.types.unify(known, ty);
                for (name, part) in *fields {
                    let field = self.look_up(known, Part::Field(name), 0)?;
                    self.pattern(part, field)?;
                }
                Ok(())
            }
        }
    }

    fn tuple_pattern(&mut self, parts: &'static [Pattern], ty: Var) -> Result<(), Refused> {
        let rest = parts.iter().position(|part| matches!(part, Pattern::Rest));
        if rest.is_none() {
            let vars: Vec<_> = parts.iter().map(|_| self.types.any()).collect();
            let tuple = if parts.is_empty() { Term::Unit } else { Term::Tuple(vars.clone()) };
            let tuple = self.types.add(tuple);
            self.types.unify(tuple, ty);
            return parts.iter().zip(vars).try_for_each(|(part, var)| self.pattern(part, var));
        }
        let Term::Tuple(elements) = self.types.get(ty).clone() else {
            return Err(self.refused(0, "the length of a tuple is not known", "name all of its elements"));
        };
        for (at, part) in placed(parts, elements.len()) {
            self.pattern(part, elements[at])?;
        }
        Ok(())
    }
}

/// The parts of a tuple's or an array's pattern with the places that they stand for, when there are
/// `len` places and `..` takes what is left.
pub(in crate::kernel::lower) fn placed(
    parts: &'static [Pattern],
    len: usize,
) -> impl Iterator<Item = (usize, &'static Pattern)> {
    let rest = parts.iter().position(|part| matches!(part, Pattern::Rest)).unwrap_or(parts.len());
    let behind = parts.len().saturating_sub(rest + 1);
    let front = parts.iter().take(rest).enumerate();
    let back = parts.iter().skip(rest + 1).enumerate().map(move |(at, part)| (len - behind + at, part));
    front.chain(back)
}
