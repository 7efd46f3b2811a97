//! What may enter a kernel and leave it.

use std::mem::{MaybeUninit, size_of};
use std::slice;

use super::layout::{Layout, Scalar};

/// A type of fixed layout that a kernel can take, give and look up.
///
/// The numbers `u8` to `u64`, `i8` to `i64`, `f32` and `bool`, arrays of data, and structs of data
/// with `#[repr(C)]` and `#[derive(Clone, Copy, kernel::Data)]`. A tuple has no layout that Rust
/// promises; it may be used inside of a kernel.
///
/// # Safety
///
/// - `LAYOUT` is the type's: size, alignment, and each field where it lies, with no two overlapping;
///   what is in no field is padding.
/// - Any values of the fields make a valid value of the type.
///
/// # Examples
///
/// ```
/// use fusewire::kernel::{self, Data};
///
/// #[derive(Clone, Copy, kernel::Data)]
/// #[repr(C)]
/// struct Quote { bid: u32, ask: u32, live: bool }
///
/// assert_eq!(Quote::LAYOUT.size(), 12);
/// assert!(Quote::LAYOUT.has_padding());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not data that a kernel can take",
    label = "not kernel data",
    note = "help: put `#[derive(Clone, Copy, kernel::Data)] #[repr(C)]` above the struct"
)]
pub unsafe trait Data: Copy + Send + Sync + 'static {
    /// How a value lies in memory.
    const LAYOUT: Layout;
}

macro_rules! scalars {
    ($($name:ident $scalar:ident),*) => {
        $(
            // SAFETY: the layout is the scalar's own, and it has no parts.
            unsafe impl Data for $name {
                const LAYOUT: Layout = Layout::Scalar(Scalar::$scalar);
            }
        )*
    };
}

scalars!(bool Bool, u8 U8, u16 U16, u32 U32, u64 U64, i8 I8, i16 I16, i32 I32, i64 I64, f32 F32);

// SAFETY: an array is its elements one behind the other, without padding of its own.
unsafe impl<T: Data, const N: usize> Data for [T; N] {
    const LAYOUT: Layout = Layout::Array { element: &T::LAYOUT, len: N };
}

/// Copies `value` to `to`, field by field where it has padding: padding is never read, and is left
/// as it is in `to`.
///
/// **Costs** a `memcpy` for a type without padding.
///
/// # Panics
///
/// If `to` is not of the size of `T`.
#[inline]
pub fn store<T: Data>(value: &T, to: &mut [u8]) {
    assert_eq!(to.len(), size_of::<T>(), "the bytes are as many as the value's");
    if const { T::LAYOUT.has_padding() } {
        let from = (&raw const *value).cast::<u8>();
        T::LAYOUT.scalars(&mut |at, scalar| {
            // SAFETY: the contract of `Data` says that a scalar lies here, so that these bytes are
            // inside of the value and initialised.
            let bytes = unsafe { slice::from_raw_parts(from.wrapping_add(at), scalar.size()) };
            to[at..at + scalar.size()].copy_from_slice(bytes);
        });
    } else {
        let from = (&raw const *value).cast::<u8>();
        // SAFETY: the contract of `Data` says that scalars fill the value, so every byte of it is
        // initialised.
        to.copy_from_slice(unsafe { slice::from_raw_parts(from, size_of::<T>()) });
    }
}

/// The value whose bytes are `from`. Any byte but 0 is a `true`.
///
/// **Costs** a `memcpy` for a type without `bool`.
///
/// # Panics
///
/// If `from` is not of the size of `T`.
#[inline]
pub fn load<T: Data>(from: &[u8]) -> T {
    assert_eq!(from.len(), size_of::<T>(), "the bytes are as many as the value's");
    let mut value = MaybeUninit::<T>::uninit();
    let bytes = value.as_mut_ptr().cast::<u8>();
    // SAFETY: both are of the size of `T`, which was asserted of `from`, and a new value overlaps
    // nothing.
    unsafe { bytes.copy_from_nonoverlapping(from.as_ptr(), from.len()) };
    if const { T::LAYOUT.has_bool() } {
        T::LAYOUT.scalars(&mut |at, scalar| {
            if scalar == Scalar::Bool {
                // SAFETY: the contract of `Data` says that `at` is inside of the value.
                unsafe { bytes.wrapping_add(at).write(u8::from(from[at] != 0)) };
            }
        });
    }
    // SAFETY: all bytes were written; every scalar is valid, as the bytes of a `bool` are 0 or 1 and
    // any bytes make a number; and the contract of `Data` says that valid fields make a valid value.
    unsafe { value.assume_init() }
}
