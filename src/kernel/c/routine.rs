//! Routines, statements and expressions as C.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::helpers::wide;
use super::types::{self, scalar};
use super::{Emitter, name};
use crate::kernel::arithmetic;
use crate::kernel::layout::Scalar;
use crate::kernel::program::{
    BinaryOp, Expr, ExprKind, LocalId, Place, Routine, RoutineId, Statement, Step, Type, UnaryOp,
};

/// A function that is being written.
struct Body<'a> {
    routine: &'a Routine,
    text: String,
    depth: usize,
    /// The locals that are declared.
    used: BTreeSet<LocalId>,
    /// How many names were made up.
    made: usize,
}

impl Body<'_> {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{:indent$}{line}", "", indent = self.depth * 2);
    }

    fn made_up(&mut self, label: char) -> String {
        self.made += 1;
        format!("{label}{}", self.made)
    }

    fn local(&self, id: LocalId) -> String {
        format!("v{}{}", id.0, name(self.routine.locals[id.0].name))
    }
}

fn function(routine: &Routine, at: usize) -> String {
    format!("r{at}{}", name(routine.name))
}

impl Emitter<'_> {
    /// Writes the function of a routine.
    pub(super) fn routine(&mut self, at: usize, code: &mut String) {
        let program = self.program;
        let routine = &program.routines()[at];
        let mut body = Body { routine, text: String::new(), depth: 1, used: used(routine), made: 0 };
        let mut params = Vec::new();
        for param in &routine.params {
            let ty = self.ty(&routine.locals[param.0].ty);
            params.push(format!("{ty} {}", body.local(*param)));
        }
        for id in body.used.clone() {
            if !routine.params.contains(&id) {
                let ty = self.ty(&routine.locals[id.0].ty);
                let line = format!("{ty} {};", body.local(id));
                body.line(&line);
            }
        }
        self.block(&routine.body, &mut body);
        let result = self.ty(&routine.output);
        let mut params = params.join(", ");
        params.push_str(&self.table_params(&routine.tables));
        // Without a value the list begins with the comma of the first table.
        let params = params.trim_start_matches(", ");
        let name = function(routine, at);
        let Routine { name: kernel, line, .. } = routine;
        let _ = write!(
            code,
            "// kernel {kernel}, line {line}\n{}{result} {name}({params}) {{\n{}}}\n",
            self.dialect.function(),
            body.text
        );
    }

    /// A call of a routine, with values as C.
    pub(super) fn call(&self, id: RoutineId, values: &[String]) -> String {
        let routine = self.program.routine(id);
        let tables = routine.tables.iter().map(|table| format!("t{}", table.0));
        let arguments: Vec<_> = values.iter().cloned().chain(tables).collect();
        format!("{}({})", function(routine, id.0), arguments.join(", "))
    }

    fn block(&mut self, statements: &[Statement], body: &mut Body<'_>) {
        for statement in statements {
            self.statement(statement, body);
        }
    }

    fn statement(&mut self, statement: &Statement, body: &mut Body<'_>) {
        match statement {
            Statement::Set { place, value } => self.set(place, value, body),
            Statement::If { condition, then, otherwise } => {
                let condition = self.expr(condition, body);
                body.line(&format!("if ({condition}) {{"));
                self.inner(then, body);
                if !otherwise.is_empty() {
                    body.line("} else {");
                    self.inner(otherwise, body);
                }
                body.line("}");
            }
            Statement::For { local, from, count, reversed, body: inner } => {
                let of = body.routine.locals[local.0].ty.scalar().unwrap_or(Scalar::U64);
                let (ty, wide) = (scalar(of), wide(of));
                let first = if *reversed { *from + i128::from(*count) - 1 } else { *from };
                let first = self.literal(of, arithmetic::cut(of, first as u64));
                let (turn, id) = (body.made_up('k'), *local);
                let local = body.local(id);
                let (counter, count) = match u32::try_from(*count) {
                    Ok(count) => ("u32", format!("{count}u")),
                    Err(_) => ("u64", format!("{count}{}", self.dialect.unsigned_long())),
                };
                let sign = if *reversed { '-' } else { '+' };
                body.line(&format!("for ({counter} {turn} = 0; {turn} < {count}; {turn}++) {{"));
                if body.used.contains(&id) {
                    body.line(&format!("  {local} = ({ty})(({wide}){first} {sign} ({wide}){turn});"));
                }
                self.inner(inner, body);
                body.line("}");
            }
            Statement::Break => body.line("break;"),
            Statement::Continue => body.line("continue;"),
            Statement::Return(value) => {
                let whole = matches!(value.kind, ExprKind::Aggregate(_) | ExprKind::Repeat(_));
                let value = if whole { self.built(value, body) } else { self.expr(value, body) };
                body.line(&format!("return {value};"));
            }
        }
    }

    fn inner(&mut self, statements: &[Statement], body: &mut Body<'_>) {
        body.depth += 1;
        self.block(statements, body);
        body.depth -= 1;
    }

    fn set(&mut self, place: &Place, value: &Expr, body: &mut Body<'_>) {
        let mut reads = false;
        value.visit(&mut |part| reads |= matches!(part.kind, ExprKind::Local(id) if id == place.local));
        let whole = matches!(value.kind, ExprKind::Aggregate(_) | ExprKind::Repeat(_));
        if whole && !reads && place.path.is_empty() {
            let place = body.local(place.local);
            return self.assign(&place, value, body);
        }
        let value = if whole { self.built(value, body) } else { self.expr(value, body) };
        let place = self.place(place, body);
        body.line(&format!("{place} = {value};"));
    }

    /// A value that is made of parts, in a variable of its own.
    fn built(&mut self, value: &Expr, body: &mut Body<'_>) -> String {
        let ty = self.ty(&value.ty);
        let variable = body.made_up('h');
        body.line(&format!("{ty} {variable};"));
        self.assign(&variable, value, body);
        variable
    }

    /// Assigns to a variable that the value does not read.
    fn assign(&mut self, place: &str, value: &Expr, body: &mut Body<'_>) {
        match (&value.kind, &value.ty) {
            (ExprKind::Aggregate(parts), Type::Struct(of)) => {
                for (at, part) in parts.iter().enumerate() {
                    self.assign(&format!("{place}.{}", types::field(of, at)), part, body);
                }
            }
            (ExprKind::Aggregate(parts), _) => {
                for (at, part) in parts.iter().enumerate() {
                    self.assign(&format!("{place}.v[{at}]"), part, body);
                }
            }
            (ExprKind::Repeat(part), Type::Array(element, len)) => {
                let (ty, variable, turn) = (self.ty(element), body.made_up('h'), body.made_up('k'));
                body.line(&format!("{ty} {variable};"));
                self.assign(&variable, part, body);
                body.line(&format!(
                    "for (u32 {turn} = 0; {turn} < {len}u; {turn}++) {place}.v[{turn}] = {variable};"
                ));
            }
            _ => {
                let value = self.expr(value, body);
                body.line(&format!("{place} = {value};"));
            }
        }
    }

    fn place(&mut self, place: &Place, body: &mut Body<'_>) -> String {
        let mut text = body.local(place.local);
        let mut ty = &body.routine.locals[place.local.0].ty;
        for step in &place.path {
            match (step, ty) {
                (Step::Field(at), Type::Struct(of)) => {
                    let _ = write!(text, ".{}", types::field(of, *at));
                    ty = &of.fields[*at].ty;
                }
                (Step::Index(index), Type::Array(element, len)) => {
                    let index = self.index(index, *len, body);
                    let _ = write!(text, ".v[{index}]");
                    ty = element;
                }
                _ => {}
            }
        }
        text
    }

    /// An index that is inside of `len` elements.
    fn index(&mut self, index: &Expr, len: usize, body: &mut Body<'_>) -> String {
        if let Some(at) = index.as_literal() {
            return at.to_string();
        }
        let last = len as u64 - 1;
        // What was 32 bits or fewer need not be compared as 64.
        if let (ExprKind::Cast(value), Ok(last)) = (&index.kind, u32::try_from(last))
            && let Some(of @ (Scalar::U8 | Scalar::U16 | Scalar::U32)) = value.ty.scalar()
        {
            let value = self.expr(value, body);
            // A value that fits its type cannot be behind the end.
            if u64::from(last) >= (1 << of.bits()) - 1 {
                return value;
            }
            return format!("{}({value}, {last}u)", self.inside("u32"));
        }
        let index = self.expr(index, body);
        let suffix = self.dialect.unsigned_long();
        format!("{}({index}, {last}{suffix})", self.inside("u64"))
    }

    fn expr(&mut self, expr: &Expr, body: &mut Body<'_>) -> String {
        let of = |expr: &Expr| expr.ty.scalar().unwrap_or(Scalar::U64);
        match &expr.kind {
            ExprKind::Literal(bits) => self.literal(of(expr), *bits),
            ExprKind::Local(id) => body.local(*id),
            ExprKind::Constant(id) => format!("c{}", id.0),
            ExprKind::Table { table, index } => {
                let len = self.program.table(*table).len();
                let index = self.index(index, len, body);
                format!("t{}[{index}]", table.0)
            }
            ExprKind::Field { base, field } => {
                let text = self.expr(base, body);
                match &base.ty {
                    Type::Struct(of) => format!("{text}.{}", types::field(of, *field)),
                    _ => text,
                }
            }
            ExprKind::Index { base, index } => {
                let text = self.expr(base, body);
                let Type::Array(_, len) = &base.ty else { return text };
                let index = self.index(index, *len, body);
                format!("{text}.v[{index}]")
            }
            ExprKind::Unary { op, value } => {
                let (of, text) = (of(value), self.expr(value, body));
                self.unary(*op, of, &text)
            }
            ExprKind::Binary { op, left, right } => {
                let (of, count) = (of(left), right.as_literal());
                let (one, two) = (self.expr(left, body), self.expr(right, body));
                self.binary(*op, of, &one, &two, count)
            }
            ExprKind::Ternary { op, operands } => {
                let texts: Vec<_> = operands.iter().map(|operand| self.expr(operand, body)).collect();
                format!("{}({})", self.ternary_helper(*op, of(expr)), texts.join(", "))
            }
            ExprKind::Cast(value) => {
                let (from, to, text) = (of(value), of(expr), self.expr(value, body));
                if from == Scalar::F32 && to != Scalar::F32 {
                    format!("{}({text})", self.cast_helper(to))
                } else {
                    format!("(({}){text})", scalar(to))
                }
            }
            ExprKind::Select { condition, then, otherwise } => {
                let condition = self.expr(condition, body);
                let (then, otherwise) = (self.expr(then, body), self.expr(otherwise, body));
                format!("({condition} ? {then} : {otherwise})")
            }
            ExprKind::Call { routine, arguments } => {
                let values: Vec<_> = arguments.iter().map(|argument| self.expr(argument, body)).collect();
                self.call(*routine, &values)
            }
            ExprKind::Aggregate(_) | ExprKind::Repeat(_) => self.built(expr, body),
        }
    }

    fn unary(&mut self, op: UnaryOp, of: Scalar, x: &str) -> String {
        let (ty, wide) = (scalar(of), wide(of));
        match (op, of) {
            (UnaryOp::Neg, Scalar::F32) => format!("(-({x}))"),
            (UnaryOp::Neg, _) => format!("(({ty})(({wide})0 - ({wide}){x}))"),
            (UnaryOp::Not, Scalar::Bool) => format!("((u8)!{x})"),
            (UnaryOp::Not, _) => format!("(({ty})~({wide}){x})"),
            (UnaryOp::Abs, Scalar::F32) => format!("fw_abs({x})"),
            (UnaryOp::ToBits, _) => format!("fw_bits({x})"),
            (UnaryOp::FromBits, _) => format!("fw_float({x})"),
            (UnaryOp::Sqrt, _) => format!("fw_sqrt({x})"),
            (UnaryOp::Floor, _) => format!("fw_floor({x})"),
            (UnaryOp::Ceil, _) => format!("fw_ceil({x})"),
            (UnaryOp::Trunc, _) => format!("fw_trunc({x})"),
            (UnaryOp::IsNan, _) => {
                let helper = self.is_nan();
                format!("{helper}({x})")
            }
            _ => format!("{}({x})", self.unary_helper(op, of)),
        }
    }

    fn is_nan(&mut self) -> String {
        let function = self.dialect.function();
        self.helpers
            .entry("fw_is_nan".to_owned())
            .or_insert_with(|| format!("{function}u8 fw_is_nan(f32 x) {{ return (u8)(x != x); }}\n"));
        "fw_is_nan".to_owned()
    }

    fn binary(&mut self, op: BinaryOp, of: Scalar, a: &str, b: &str, literal: Option<u64>) -> String {
        let (ty, wide, mask) = (scalar(of), wide(of), of.bits() - 1);
        let is_float = of == Scalar::F32;
        let wrapped = |operator: char| format!("(({ty})(({wide}){a} {operator} ({wide}){b}))");
        let plain = |operator: &str| format!("(({ty})({a} {operator} {b}))");
        let compared = |operator: &str| format!("((u8)({a} {operator} {b}))");
        // The other operand of a division by -1 may be the least value.
        let minus_one = of.is_signed() && literal == Some(arithmetic::cut(of, u64::MAX));
        match op {
            BinaryOp::Add if is_float => self.float('+', a, b),
            BinaryOp::Sub if is_float => self.float('-', a, b),
            BinaryOp::Mul if is_float => self.float('*', a, b),
            BinaryOp::Div if is_float => self.float('/', a, b),
            BinaryOp::Add => wrapped('+'),
            BinaryOp::Sub => wrapped('-'),
            BinaryOp::Mul => wrapped('*'),
            BinaryOp::Div if minus_one => format!("(({ty})(({wide})0 - ({wide}){a}))"),
            BinaryOp::Rem if minus_one => format!("(({ty})0)"),
            BinaryOp::Div => plain("/"),
            BinaryOp::Rem => plain("%"),
            BinaryOp::And => plain("&"),
            BinaryOp::Or => plain("|"),
            BinaryOp::Xor => plain("^"),
            BinaryOp::Shl | BinaryOp::Shr => {
                let count = match literal {
                    Some(bits) => (bits & u64::from(mask)).to_string(),
                    None => format!("((u32){b} & {mask}u)"),
                };
                match op {
                    BinaryOp::Shl => format!("(({ty})(({wide}){a} << {count}))"),
                    _ => format!("(({ty})({a} >> {count}))"),
                }
            }
            BinaryOp::Eq => compared("=="),
            BinaryOp::Ne => compared("!="),
            BinaryOp::Lt => compared("<"),
            BinaryOp::Le => compared("<="),
            BinaryOp::Gt => compared(">"),
            BinaryOp::Ge => compared(">="),
            _ => format!("{}({a}, {b})", self.binary_helper(op, of)),
        }
    }

    fn float(&self, operator: char, a: &str, b: &str) -> String {
        match self.dialect.exact(operator) {
            Some(function) => format!("{function}({a}, {b})"),
            None => format!("({a} {operator} {b})"),
        }
    }

    /// A literal. Digits that are not of the type are those of its bits.
    pub(super) fn literal(&self, of: Scalar, bits: u64) -> String {
        match of {
            Scalar::F32 => float(bits as u32),
            Scalar::U64 if bits > i64::MAX as u64 => format!("{bits}{}", self.dialect.unsigned_long()),
            Scalar::Bool | Scalar::U8 | Scalar::U16 | Scalar::U64 => format!("(({}){bits})", scalar(of)),
            Scalar::U32 => format!("{bits}u"),
            Scalar::I64 if bits == 1 << 63 => "((i64)(-9223372036854775807 - 1))".to_owned(),
            _ => format!("(({}){})", scalar(of), arithmetic::signed(of, bits)),
        }
    }

    /// The constants that are read: of some, only parts were, which are literals by now.
    pub(super) fn constants(&mut self) -> String {
        let program = self.program;
        let mut text = String::new();
        let mut read = BTreeSet::new();
        for routine in program.routines() {
            routine.visit(&mut |expr| {
                if let ExprKind::Constant(id) = expr.kind {
                    read.insert(id.0);
                }
            });
        }
        for at in read {
            let constant = &program.constants()[at];
            let ty = self.ty(&constant.ty);
            let value = self.initial(&constant.ty, &constant.bytes);
            let _ = writeln!(text, "{}{ty} c{at} = {value};", self.dialect.constant());
        }
        text
    }

    /// An initialiser. Padding gets one of its own.
    fn initial(&self, ty: &Type, bytes: &[u8]) -> String {
        match ty {
            Type::Unit => "0".to_owned(),
            Type::Scalar(of) => {
                let mut literal = String::new();
                ty.scalars(bytes, &mut |_, bits| literal = self.literal(*of, bits));
                literal
            }
            Type::Array(element, len) => {
                let elements: Vec<_> =
                    (0..*len).map(|at| self.initial(element, &bytes[at * element.size()..])).collect();
                format!("{{ {{ {} }} }}", elements.join(", "))
            }
            Type::Struct(of) => {
                let pads = types::own_pads(of);
                let mut parts = Vec::new();
                for (at, field) in of.fields.iter().enumerate() {
                    if pads.iter().any(|(name, _)| *name == format!("p{at}")) {
                        parts.push("{ 0 }".to_owned());
                    }
                    parts.push(self.initial(&field.ty, &bytes[field.offset..]));
                }
                if pads.iter().any(|(name, _)| *name == format!("p{}", of.fields.len())) {
                    parts.push("{ 0 }".to_owned());
                }
                format!("{{ {} }}", parts.join(", "))
            }
        }
    }
}

/// An `f32`, exactly.
fn float(bits: u32) -> String {
    let sign = if bits >> 31 == 0 { "" } else { "-" };
    let (exponent, fraction) = ((bits >> 23) & 0xff, (bits & 0x7f_ffff) << 1);
    match (exponent, fraction) {
        (0xff, 0) => format!("({sign}1.0f / 0.0f)"),
        (0xff, _) => "(0.0f / 0.0f)".to_owned(),
        (0, fraction) => format!("({sign}0x0.{fraction:06x}p-126f)"),
        (exponent, fraction) => format!("({sign}0x1.{fraction:06x}p{}f)", exponent as i32 - 127),
    }
}

/// The locals that are set or read, in order, without those of loops that nobody reads: a branch
/// that was decided leaves some behind.
fn used(routine: &Routine) -> BTreeSet<LocalId> {
    let mut found = BTreeSet::new();
    routine.visit(&mut |expr| {
        if let ExprKind::Local(id) = expr.kind {
            found.insert(id);
        }
    });
    set_in(&routine.body, &mut found);
    found
}

fn set_in(statements: &[Statement], found: &mut BTreeSet<LocalId>) {
    for statement in statements {
        match statement {
            Statement::Set { place, .. } => {
                found.insert(place.local);
            }
            Statement::If { then, otherwise, .. } => {
                set_in(then, found);
                set_in(otherwise, found);
            }
            Statement::For { body, .. } => set_in(body, found),
            Statement::Break | Statement::Continue | Statement::Return(_) => {}
        }
    }
}
