//! The reference: a program run one operation at a time.

use std::error::Error;
use std::fmt;

use super::arithmetic;
use super::data::{Data, load, store};
use super::layout::Scalar;
use super::program::{Expr, ExprKind, LocalId, Place, Program, RoutineId, Statement, Step, Type, write};

/// What `program` makes of `value`.
///
/// This is the reference that lowerings are tested against: slow, exact, and the same on every host.
///
/// # Errors
///
/// [`Mismatch`] if the program takes or gives other types.
pub fn interpret<I: Data, O: Data>(program: &Program, value: &I) -> Result<O, Mismatch> {
    if Type::of(&I::LAYOUT).as_ref() != Some(program.input()) {
        return Err(Mismatch { what: format!("the program takes `{}`", program.input()) });
    }
    if Type::of(&O::LAYOUT).as_ref() != Some(program.output()) {
        return Err(Mismatch { what: format!("the program gives `{}`", program.output()) });
    }
    let mut input = vec![0; size_of::<I>()];
    store(value, &mut input);
    let mut output = vec![0; size_of::<O>()];
    Interpreter::new(program).run(&input, &mut output)?;
    Ok(load(&output))
}

/// The types of a program are not those that it was run with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    what: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, which is not what it was run with; give the types of its first and last kernel",
            self.what
        )
    }
}

impl Error for Mismatch {}

/// Runs a program many times.
///
/// **Costs** no allocation per run, but for the first few.
#[derive(Debug, Clone)]
pub struct Interpreter {
    program: Program,
    /// Where the locals of each routine are in `memory`. A routine does not call itself, so one frame
    /// of each is enough.
    frames: Vec<Vec<usize>>,
    /// Every scalar of every local.
    memory: Vec<u64>,
    constants: Vec<Vec<u64>>,
    tables: Vec<Vec<u64>>,
    /// Values that are under way.
    stack: Vec<u64>,
}

/// One run: what is read, and what is written.
struct Run<'p> {
    program: &'p Program,
    frames: &'p [Vec<usize>],
    constants: &'p [Vec<u64>],
    tables: &'p [Vec<u64>],
    memory: &'p mut [u64],
    stack: &'p mut Vec<u64>,
}

/// Where control goes behind a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
    /// The value is on the stack.
    Return,
}

/// Where the scalars of a value are.
#[derive(Debug, Clone, Copy)]
enum Home {
    Memory(usize),
    Constant(usize, usize),
    Table(usize, usize),
}

impl Home {
    const fn plus(self, count: usize) -> Self {
        match self {
            Self::Memory(at) => Self::Memory(at + count),
            Self::Constant(which, at) => Self::Constant(which, at + count),
            Self::Table(which, at) => Self::Table(which, at + count),
        }
    }
}

/// How many scalars a value has.
fn slots(ty: &Type) -> usize {
    match ty {
        Type::Unit => 0,
        Type::Scalar(_) => 1,
        Type::Array(element, len) => slots(element) * len,
        Type::Struct(of) => of.fields.iter().map(|field| slots(&field.ty)).sum(),
    }
}

fn unpacked(ty: &Type, bytes: &[u8]) -> Vec<u64> {
    let mut scalars = Vec::with_capacity(slots(ty));
    ty.scalars(bytes, &mut |_, bits| scalars.push(bits));
    scalars
}

fn pack(ty: &Type, scalars: &mut impl Iterator<Item = u64>, bytes: &mut [u8]) {
    match ty {
        Type::Unit => {}
        Type::Scalar(scalar) => write(*scalar, scalars.next().unwrap_or_default(), bytes),
        Type::Array(element, len) => {
            for at in 0..*len {
                pack(element, scalars, &mut bytes[at * element.size()..]);
            }
        }
        Type::Struct(of) => {
            for field in &of.fields {
                pack(&field.ty, scalars, &mut bytes[field.offset..]);
            }
        }
    }
}

impl Interpreter {
    /// An interpreter of `program`. **Costs** memory for every local and a copy of the tables.
    pub fn new(program: &Program) -> Self {
        let mut size = 0;
        let frames = program.routines().iter().map(|routine| {
            let place = |local: &super::program::Local| {
                let at = size;
                size += slots(&local.ty);
                at
            };
            routine.locals.iter().map(place).collect()
        });
        let frames = frames.collect();
        let constants =
            program.constants().iter().map(|constant| unpacked(&constant.ty, &constant.bytes)).collect();
        let tables = program.tables().iter().map(|table| {
            let Some(ty) = Type::of(table.element()) else { return Vec::new() };
            table.bytes().chunks_exact(ty.size()).flat_map(|bytes| unpacked(&ty, bytes)).collect()
        });
        let tables = tables.collect();
        let program = program.clone();
        Self { program, frames, memory: vec![0; size], constants, tables, stack: Vec::new() }
    }

    /// The program.
    pub const fn program(&self) -> &Program {
        &self.program
    }

    /// What the program makes of the value whose bytes are `input`. Padding of `output` is set to 0.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] if `input` or `output` is not of the size of the program's type.
    pub fn run(&mut self, input: &[u8], output: &mut [u8]) -> Result<(), Mismatch> {
        let Self { program, frames, memory, constants, tables, stack } = self;
        let (takes, gives) = (program.input(), program.output());
        if input.len() != takes.size() || output.len() != gives.size() {
            let (i, o) = (takes.size(), gives.size());
            return Err(Mismatch { what: format!("the program takes {i} bytes and gives {o}") });
        }
        stack.clear();
        takes.scalars(input, &mut |_, bits| stack.push(bits));
        let mut run = Run { program, frames, constants, tables, memory, stack };
        for stage in program.stages() {
            run.call(*stage, 0);
        }
        output.fill(0);
        pack(gives, &mut stack.iter().copied(), output);
        Ok(())
    }
}

impl<'p> Run<'p> {
    /// Runs a routine whose arguments are on the stack from `base`, and puts its result there.
    fn call(&mut self, id: RoutineId, base: usize) {
        let program = self.program;
        let routine = program.routine(id);
        let mut from = base;
        for param in &routine.params {
            let count = slots(&routine.locals[param.0].ty);
            let at = self.frames[id.0][param.0];
            self.memory[at..at + count].copy_from_slice(&self.stack[from..from + count]);
            from += count;
        }
        self.stack.truncate(base);
        self.block(id, &routine.body);
    }

    fn block(&mut self, routine: RoutineId, statements: &'p [Statement]) -> Flow {
        for statement in statements {
            let flow = self.statement(routine, statement);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    fn statement(&mut self, routine: RoutineId, statement: &'p Statement) -> Flow {
        match statement {
            Statement::Set { place, value } => {
                let base = self.stack.len();
                self.push(routine, value);
                let at = self.place(routine, place);
                let count = self.stack.len() - base;
                self.memory[at..at + count].copy_from_slice(&self.stack[base..]);
                self.stack.truncate(base);
                Flow::Next
            }
            Statement::If { condition, then, otherwise } => {
                let taken = if self.scalar(routine, condition) != 0 { then } else { otherwise };
                self.block(routine, taken)
            }
            Statement::For { local, from, count, reversed, body } => {
                let at = self.frames[routine.0][local.0];
                let scalar = self.program.routine(routine).locals[local.0].ty.scalar().unwrap_or(Scalar::U64);
                for turn in 0..*count {
                    let turn = if *reversed { count - 1 - turn } else { turn };
                    self.memory[at] = arithmetic::cut(scalar, (*from as u64).wrapping_add(turn));
                    match self.block(routine, body) {
                        Flow::Next | Flow::Continue => {}
                        Flow::Break => break,
                        Flow::Return => return Flow::Return,
                    }
                }
                Flow::Next
            }
            Statement::Break => Flow::Break,
            Statement::Continue => Flow::Continue,
            Statement::Return(value) => {
                self.push(routine, value);
                Flow::Return
            }
        }
    }

    fn place(&mut self, routine: RoutineId, place: &'p Place) -> usize {
        let program = self.program;
        let mut at = self.frames[routine.0][place.local.0];
        let mut ty = &program.routine(routine).locals[place.local.0].ty;
        for step in &place.path {
            match (step, ty) {
                (Step::Field(field), Type::Struct(of)) => {
                    at += of.fields[..*field].iter().map(|field| slots(&field.ty)).sum::<usize>();
                    ty = &of.fields[*field].ty;
                }
                (Step::Index(index), Type::Array(element, len)) => {
                    at += self.inside(routine, index, *len) * slots(element);
                    ty = element;
                }
                _ => {}
            }
        }
        at
    }

    /// The value of an index, brought inside of `len`.
    fn inside(&mut self, routine: RoutineId, index: &'p Expr, len: usize) -> usize {
        let index = self.scalar(routine, index);
        usize::try_from(index).unwrap_or(usize::MAX).min(len - 1)
    }

    /// Where a value is, if it is a place.
    fn home(&mut self, routine: RoutineId, expr: &'p Expr) -> Option<Home> {
        Some(match &expr.kind {
            ExprKind::Local(LocalId(local)) => Home::Memory(self.frames[routine.0][*local]),
            ExprKind::Constant(id) => Home::Constant(id.0, 0),
            ExprKind::Table { table, index } => {
                let len = self.program.table(*table).len();
                Home::Table(table.0, self.inside(routine, index, len) * slots(&expr.ty))
            }
            ExprKind::Field { base, field } => {
                let home = self.home(routine, base)?;
                let Type::Struct(of) = &base.ty else { return None };
                home.plus(of.fields[..*field].iter().map(|field| slots(&field.ty)).sum())
            }
            ExprKind::Index { base, index } => {
                let home = self.home(routine, base)?;
                let Type::Array(element, len) = &base.ty else { return None };
                home.plus(self.inside(routine, index, *len) * slots(element))
            }
            _ => return None,
        })
    }

    fn push_from(&mut self, home: Home, count: usize) {
        match home {
            Home::Memory(at) => self.stack.extend_from_slice(&self.memory[at..at + count]),
            Home::Constant(id, at) => self.stack.extend_from_slice(&self.constants[id][at..at + count]),
            Home::Table(id, at) => self.stack.extend_from_slice(&self.tables[id][at..at + count]),
        }
    }

    /// The bits of a scalar.
    fn scalar(&mut self, routine: RoutineId, expr: &'p Expr) -> u64 {
        if let ExprKind::Literal(bits) = expr.kind {
            return bits;
        }
        self.push(routine, expr);
        self.stack.pop().unwrap_or_default()
    }

    /// Puts the scalars of a value on the stack.
    fn push(&mut self, routine: RoutineId, expr: &'p Expr) {
        let of = |expr: &Expr| expr.ty.scalar().unwrap_or(Scalar::U64);
        let bits = match &expr.kind {
            ExprKind::Literal(bits) => *bits,
            ExprKind::Unary { op, value } => {
                let bits = self.scalar(routine, value);
                arithmetic::unary(*op, of(value), bits)
            }
            ExprKind::Binary { op, left, right } => {
                let (one, two) = (self.scalar(routine, left), self.scalar(routine, right));
                arithmetic::binary(*op, of(left), one, two)
            }
            ExprKind::Ternary { op, operands } => {
                let [a, b, c] = &**operands;
                let bits = [a, b, c].map(|operand| self.scalar(routine, operand));
                arithmetic::ternary(*op, of(expr), bits)
            }
            ExprKind::Cast(value) => {
                let bits = self.scalar(routine, value);
                arithmetic::cast(of(value), of(expr), bits)
            }
            ExprKind::Select { condition, then, otherwise } => {
                let chosen = if self.scalar(routine, condition) != 0 { then } else { otherwise };
                return self.push(routine, chosen);
            }
            ExprKind::Call { routine: called, arguments } => {
                let base = self.stack.len();
                for argument in arguments {
                    self.push(routine, argument);
                }
                return self.call(*called, base);
            }
            ExprKind::Aggregate(parts) => {
                return parts.iter().for_each(|part| self.push(routine, part));
            }
            ExprKind::Repeat(value) => {
                let Type::Array(_, len) = &expr.ty else { return };
                let base = self.stack.len();
                self.push(routine, value);
                let end = self.stack.len();
                return (1..*len).for_each(|_| self.stack.extend_from_within(base..end));
            }
            _ => {
                if let Some(home) = self.home(routine, expr) {
                    self.push_from(home, slots(&expr.ty));
                }
                return;
            }
        };
        self.stack.push(bits);
    }
}
