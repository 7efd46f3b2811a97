//! Values that know their number, of many sizes and alignments.

/// A value made from a number, from which the number can be told and checked.
pub(crate) trait Payload: std::fmt::Debug + PartialEq + Sized + 'static {
    /// The value of that number.
    fn of(n: u64) -> Self;

    /// Panics unless this is, as far as it can be told, the value of that number.
    fn check(&self, n: u64) {
        assert_eq!(*self, Self::of(n), "value {n}");
    }
}

impl Payload for () {
    fn of(_: u64) {}
}

impl Payload for u8 {
    fn of(n: u64) -> Self {
        n as Self
    }
}

impl Payload for u64 {
    fn of(n: u64) -> Self {
        n
    }
}

impl Payload for [u8; 13] {
    fn of(n: u64) -> Self {
        std::array::from_fn(|i| (n as u8).wrapping_add(i as u8))
    }
}

impl Payload for u128 {
    fn of(n: u64) -> Self {
        u128::from(n) << 64 | u128::from(!n)
    }
}

impl<const N: usize> Payload for [u64; N] {
    fn of(n: u64) -> Self {
        std::array::from_fn(|i| n.rotate_left(i as u32) ^ i as u64)
    }
}

impl Payload for Box<u64> {
    fn of(n: u64) -> Self {
        Self::new(n)
    }
}

/// Aligned to more than a line.
#[derive(Debug, PartialEq)]
#[repr(align(256))]
pub(crate) struct Aligned(u64);

impl Payload for Aligned {
    fn of(n: u64) -> Self {
        Self(n)
    }

    fn check(&self, n: u64) {
        assert_eq!(self.0, n);
        assert_eq!(std::ptr::from_ref(self).addr() % 256, 0);
    }
}
