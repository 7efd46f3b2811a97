//! How a wait, and what it completes with, holds on to its primitive.

use std::ops::Deref;
use std::sync::Arc;

/// A reference to a primitive `P`, or an [`Arc`] of one.
///
/// Each wait has two forms. `lock()` borrows, for what ends before the primitive does: a `static` one, or a pass
/// of [`block_on`](crate::consumers::block_on). `lock_arc()` holds on by count, for graphs that run by themselves, and for `async` code:
/// what is awaited must be `'static`. Sealed.
pub trait Handle<P>: Deref<Target = P> + Clone + Send + private::Sealed {}

impl<P: Sync> Handle<P> for &P {}
impl<P: Send + Sync> Handle<P> for Arc<P> {}

mod private {
    /// Its implementations deref to the same place every time, also after they were moved.
    pub trait Sealed {}

    impl<P> Sealed for &P {}
    impl<P> Sealed for std::sync::Arc<P> {}
}
