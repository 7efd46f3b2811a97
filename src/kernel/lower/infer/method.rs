//! What operators and methods say of the types of their operands and results.

use super::{Infer, Part};
use crate::kernel::layout::Scalar;
use crate::kernel::lower::unify::Var;
use crate::kernel::program::Refused;
use crate::kernel::tree::Binary;

impl Infer {
    pub(super) fn operator(&mut self, op: Binary, left: Var, right: Var) -> Var {
        match op {
            Binary::Shl | Binary::Shr => left,
            Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge => {
                self.types.unify(left, right);
                self.types.scalar(Scalar::Bool)
            }
            _ => {
                self.types.unify(left, right);
                left
            }
        }
    }

    pub(super) fn method(
        &mut self,
        name: &str,
        ty: Var,
        arguments: &[Var],
        line: u32,
    ) -> Result<Var, Refused> {
        match name {
            "count_ones" | "leading_zeros" | "trailing_zeros" | "to_bits" => {
                Ok(self.types.scalar(Scalar::U32))
            }
            "is_nan" => Ok(self.types.scalar(Scalar::Bool)),
            "len" => Ok(self.types.scalar(Scalar::U64)),
            "from_bits" => {
                let bits = self.types.scalar(Scalar::U32);
                self.types.unify(ty, bits);
                Ok(self.types.scalar(Scalar::F32))
            }
            "wrapping_shl" | "wrapping_shr" | "rotate_left" | "rotate_right" | "pow" | "wrapping_pow" => {
                for argument in arguments {
                    let count = self.types.scalar(Scalar::U32);
                    self.types.unify(*argument, count);
                }
                Ok(ty)
            }
            _ => {
                for argument in arguments {
                    self.types.unify(*argument, ty);
                }
                match name {
                    "unsigned_abs" | "abs_diff" => self.look_up(ty, Part::Unsigned, line),
                    _ => Ok(ty),
                }
            }
        }
    }
}
