//! One face for the rings that are compared; every call is inlined away.

use fusewire::ring::{Consumer, Layout, Producer};

pub(crate) trait Push<T>: Send {
    fn try_push(&mut self, value: T) -> bool;
}

pub(crate) trait Pop<T>: Send {
    fn try_pop(&mut self) -> Option<T>;
}

impl<T: Send, L: Layout> Push<T> for Producer<T, L> {
    #[inline(always)]
    fn try_push(&mut self, value: T) -> bool {
        Self::try_push(self, value).is_ok()
    }
}

impl<T: Send, L: Layout> Pop<T> for Consumer<T, L> {
    #[inline(always)]
    fn try_pop(&mut self) -> Option<T> {
        Self::try_pop(self)
    }
}
