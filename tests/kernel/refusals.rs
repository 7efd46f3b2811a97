//! What only a program can refuse, because it takes types: the line, the reason and the help.

use fusewire::kernel::program::Refused;
use fusewire::kernel::{self, BoundFunction, Described, Program, Table};
use fusewire::prelude::*;

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Money {
    cents: i64,
}

impl std::ops::Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { cents: self.cents + other.cents }
    }
}

impl Money {
    fn min(self, other: Self) -> Self {
        if self.cents < other.cents { self } else { other }
    }
}

#[stage(kernel)]
fn divides(x: [u32; 2]) -> u32 {
    let y = x[0] + 1;
    y / x[1]
}

#[stage(kernel)]
fn divides_in_place(mut x: [i8; 2]) -> [i8; 2] {
    x[0] %= x[1];
    x
}

#[stage(kernel)]
fn float_rest(x: [f32; 2]) -> f32 {
    x[0] % 2.0
}

#[stage(kernel)]
fn adds_money(x: [Money; 2]) -> Money {
    x[0] + x[1]
}

#[stage(kernel)]
fn least_money(x: [Money; 2]) -> Money {
    x[0].min(x[1])
}

#[stage(kernel)]
fn even(n: u32) -> bool {
    if n == 0 { true } else { odd(n - 1) }
}

#[stage(kernel)]
fn odd(n: u32) -> bool {
    if n == 0 { false } else { even(n - 1) }
}

#[stage(kernel)]
fn two(a: u32, b: u32) -> u32 {
    a + b
}

#[stage(kernel)]
fn sum(x: u32, table: &[u32]) -> u32 {
    x + table[0]
}

#[stage(kernel)]
fn nothing(x: [u8; 0]) -> u32 {
    x.len() as u32
}

fn refused(functions: &[BoundFunction]) -> Refused {
    Program::new(functions).expect_err("the program is refused")
}

/// Asserts what is said, and that it is said of the line `behind` the name of the kernel.
fn says(functions: &[BoundFunction], behind: u32, what: &str) {
    let refused = refused(functions);
    let function = functions.iter().find(|bound| bound.function().name == refused.kernel);
    let function = function.expect("the refused kernel is one of them").function();
    assert_eq!(refused.line, function.line + behind, "{refused}");
    assert!(refused.file.ends_with("refusals.rs"), "{refused}");
    assert!(refused.what.contains(what), "{refused}");
    assert!(!refused.help.is_empty(), "{refused}");
    assert!(refused.to_string().contains(&format!("refusals.rs:{}: kernel `", refused.line)), "{refused}");
}

#[test]
fn a_divisor_that_varies() {
    says(&[divides::bind().erased()], 2, "the divisor is not a constant");
    says(&[divides_in_place::bind().erased()], 1, "the divisor is not a constant");
}

#[test]
fn the_rest_of_a_float() {
    says(&[float_rest::bind().erased()], 1, "`%` of `f32`");
}

#[test]
fn operators_and_methods_of_structs() {
    says(&[adds_money::bind().erased()], 1, "an operator is used on `Money`");
    says(&[least_money::bind().erased()], 1, "`min` is called on `Money`");
}

#[test]
fn recursion_over_two_kernels() {
    says(&[even::bind().erased()], 0, "it calls itself");
}

#[test]
fn kernels_that_do_not_fit() {
    says(&[even_key(), sum::bind([1]).erased()], 0, "it takes `u32`, and `key` before it gives `bool`");
}

#[stage(kernel)]
fn key(x: u32) -> bool {
    x > 3
}

fn even_key() -> BoundFunction {
    key::bind().erased()
}

#[test]
fn two_values() {
    says(&[BoundFunction::new(two::function(), Vec::new())], 0, "takes one value");
}

#[test]
fn tables_that_are_missing_empty_or_others() {
    let bind = |tables| BoundFunction::new(sum::function(), tables);
    says(&[bind(Vec::new())], 0, "it has 1 tables and is given 0");
    says(&[bind(vec![Table::new::<u32>(&[])])], 0, "a table of it is empty");
    says(&[bind(vec![Table::new(&[1u64])])], 0, "a table of another type");
}

#[test]
fn values_without_a_size() {
    says(&[nothing::bind().erased()], 0, "has no size");
}

#[test]
fn no_kernels() {
    assert_eq!(two(1, 2), 3);
    assert_eq!(refused(&[]).what, "a program has no kernels");
}

#[test]
fn other_types_than_the_program_has() {
    let program = Program::new(&[key::bind().erased()]).unwrap();
    assert_eq!(kernel::interpret::<u32, bool>(&program, &4), Ok(true));
    assert!(kernel::interpret::<u64, bool>(&program, &4).is_err());
    assert!(kernel::interpret::<u32, u32>(&program, &4).is_err());
    let mut interpreter = kernel::Interpreter::new(&program);
    assert!(interpreter.run(&[0; 3], &mut [0]).is_err());
}
