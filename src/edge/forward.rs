//! What the ends of several kinds of edge do in the same way.

/// Inside of an `impl Push`: what the end can do by itself too.
macro_rules! push_as_without_the_trait {
    () => {
        #[inline(always)]
        fn push(&mut self, value: T) -> Pushed<T> {
            Self::push(self, value)
        }

        #[inline(always)]
        fn has_room(&mut self) -> bool {
            Self::has_room(self)
        }

        #[inline(always)]
        fn is_closed(&self) -> bool {
            Self::is_closed(self)
        }

        #[inline(always)]
        fn wake(&self) {
            Self::wake(self);
        }
    };
}

/// Inside of an `impl Pop`: what the end can do by itself too.
macro_rules! pop_as_without_the_trait {
    () => {
        #[inline(always)]
        fn pop(&mut self) -> Option<T> {
            Self::pop(self)
        }

        #[inline(always)]
        fn pop_deferred(&mut self) -> Option<T> {
            Self::pop_deferred(self)
        }

        #[inline(always)]
        fn ready(&mut self) -> bool {
            Self::ready(self)
        }

        #[inline(always)]
        fn is_closed(&self) -> bool {
            Self::is_closed(self)
        }

        #[inline(always)]
        fn hand_back(&mut self) {
            Self::hand_back(self);
        }
    };
}

/// Inside of an `impl Pop` for an end of `ring` and `common`.
macro_rules! pop_by_ring_and_common {
    () => {
        #[inline(always)]
        fn is_closed(&self) -> bool {
            self.ring.is_closed()
        }

        #[inline(always)]
        fn capacity(&self) -> usize {
            self.ring.capacity()
        }

        fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
            self.hooked.woken_by(wake)
        }
    };
}

/// Inside of an `impl Push` for an end of `ring` and `common`.
macro_rules! push_by_ring_and_common {
    () => {
        #[inline(always)]
        fn is_closed(&self) -> bool {
            self.ring.is_closed()
        }

        #[inline(always)]
        fn wake(&self) {
            self.common.receivers.wake();
        }
    };
}

/// Shows an end by its name and its ring.
macro_rules! debug_by_ring {
    ($($end:ident<$($of:ident $(: $bound:ident)?),*>),* $(,)?) => {
        $(
            impl<$($of $(: $bound)?),*> std::fmt::Debug for $end<$($of),*> {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.debug_struct(stringify!($end)).field("ring", &self.ring).finish_non_exhaustive()
                }
            }
        )*
    };
}

pub(super) use {
    debug_by_ring, pop_as_without_the_trait, pop_by_ring_and_common, push_as_without_the_trait,
    push_by_ring_and_common,
};
