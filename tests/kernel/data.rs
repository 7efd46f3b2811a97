//! Data to bytes and back.

use fusewire::kernel::c::{Dialect, Source};
use fusewire::kernel::data::{load, store};
use fusewire::kernel::program::{Expr, Routine, Type};
use fusewire::kernel::{
    self, Bound, BoundFunction, Data, Interpreter, Layout, Mismatch, Program, Refused, Table,
};
use fusewire::prelude::*;
use static_assertions::{assert_impl_all, assert_not_impl_any};

// What a device keeps for its life, and hands from thread to thread.
assert_impl_all!(Program: Send, Sync, Unpin, Clone);
assert_impl_all!(Interpreter: Send, Sync, Unpin, Clone);
assert_impl_all!(BoundFunction: Send, Sync, Unpin, Clone);
assert_impl_all!(Bound<double>: Send, Sync, Unpin, Clone);
assert_impl_all!(Table: Send, Sync, Unpin, Clone);
assert_impl_all!(Source: Send, Sync, Unpin, Clone);
assert_impl_all!(Dialect: Send, Sync, Unpin, Copy);
assert_impl_all!(Refused: Send, Sync, Unpin, std::error::Error);
assert_impl_all!(Mismatch: Send, Sync, Unpin, std::error::Error);
assert_impl_all!(Type: Send, Sync, Unpin, Clone);
assert_impl_all!(Expr: Send, Sync, Unpin, Clone);
assert_impl_all!(Routine: Send, Sync, Unpin, Clone);
assert_not_impl_any!((u32, u32): Data);
assert_not_impl_any!(usize: Data);
assert_not_impl_any!(f64: Data);
assert_not_impl_any!(&'static u32: Data);

#[stage(kernel)]
fn double(x: u32) -> u32 {
    x * 2
}

/// Its own description does not warn of it.
#[deprecated]
#[stage(kernel)]
fn twice(x: u32) -> u32 {
    x * 2
}

#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
struct Padded {
    on: bool,
    count: u32,
    last: [i16; 3],
}

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Dense(f32, [u8; 4], Inner);

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
struct Inner {
    r#type: i64,
}

#[test]
fn layouts_are_the_compilers() {
    assert_eq!(Padded::LAYOUT.size(), 16);
    assert_eq!(Padded::LAYOUT.align(), 4);
    assert_eq!(Padded::LAYOUT.used(), 11);
    assert!(Padded::LAYOUT.has_padding() && Padded::LAYOUT.has_bool());
    assert!(!Dense::LAYOUT.has_padding() && !Dense::LAYOUT.has_bool());
    let Layout::Struct { name, fields, .. } = Dense::LAYOUT else { panic!("a struct") };
    assert_eq!(name, "Dense");
    assert_eq!(
        fields.iter().map(|field| (field.name, field.offset)).collect::<Vec<_>>(),
        [("0", 0), ("1", 4), ("2", 8)]
    );
    let Layout::Struct { fields, .. } = Inner::LAYOUT else { panic!("a struct") };
    assert_eq!(fields[0].name, "type");
}

#[test]
#[allow(deprecated, reason = "it is to be called all the same")]
fn a_deprecated_kernel_is_a_kernel() {
    let program = Program::new(&[twice::bind().erased(), double::bind().erased()]).unwrap();
    assert_eq!(kernel::interpret::<u32, u32>(&program, &3), Ok(double(twice(3))));
}

#[test]
fn padding_is_neither_read_nor_written() {
    let value = Padded { on: true, count: 0x0403_0201, last: [-1, 2, -3] };
    let mut bytes = [0xaa; 16];
    store(&value, &mut bytes);
    assert_eq!(bytes, [1, 0xaa, 0xaa, 0xaa, 1, 2, 3, 4, 255, 255, 2, 0, 253, 255, 0xaa, 0xaa]);
    assert_eq!(load::<Padded>(&bytes), value);
}

#[test]
fn any_byte_but_0_is_true() {
    let mut bytes = [0; 16];
    bytes[0] = 77;
    assert!(load::<Padded>(&bytes).on);
    assert_eq!(load::<[bool; 3]>(&[0, 2, 255]), [false, true, true]);
}

#[test]
#[should_panic(expected = "as many as the value's")]
fn bytes_of_another_size() {
    let _ = load::<u32>(&[0; 3]);
}

#[test]
fn tables_are_slices() {
    let table = Table::new(&[Padded { on: false, count: 1, last: [0; 3] }; 2]);
    assert_eq!((table.len(), table.bytes().len(), table.is_empty()), (2, 32, false));
    assert_eq!(table.bytes()[1..4], [0; 3]);
    assert!(Table::new::<u8>(&[]).is_empty());
}
