//! The rings of the hand-written twins, in the two layouts that a good engineer chooses between.
//!
//! Both ends know the capacity at compile time and borrow the memory, so that an end is a few words
//! that fit in registers. Neither ring drops what is left inside: the messages are plain words.

pub mod indexed;
pub mod slotted;

/// Alone on its cache lines: two, because processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Alone<T>(T);

/// The end that pushes.
pub trait Push<T>: Copy {
    /// Whether a value can be pushed. True until the next push, once it is.
    fn has_room(&mut self) -> bool;
    /// Pushes and publishes a value; only after `has_room`.
    fn push(&mut self, value: T);
}

/// The end that pops.
pub trait Pop<T>: Copy {
    /// The oldest value.
    fn pop(&mut self) -> Option<T>;
    /// Whether there is none.
    fn is_empty(&self) -> bool;
    /// The oldest value.
    ///
    /// # Safety
    ///
    /// There is one: [`is_empty`](Self::is_empty) was false, and nothing was popped since.
    unsafe fn take(&mut self) -> T;
}
