//! The ring between processes as an edge: [`Edge`], [`Push`] and [`Pop`].

use super::held::by_held;
use super::layout::Shape;
use super::{Plain, Shm, ShmReceiver, ShmSender};
use crate::edge::forward::{pop_as_without_the_trait, push_as_without_the_trait};
use crate::edge::{
    Block, Bounded, DEFAULT_CAPACITY, Described, DropNewest, Edge, EdgeError, EdgeStats, Fail, Overflow,
    Policy, Pop, Push, Pushed, Wake,
};

/// Both ends in this process: a hop over shared memory, whose values another process may look at. Usually each process
/// takes one end, by [`Shm::sender`] or [`Shm::receiver`].
impl<T: Plain> Edge<T> for Shm {
    type Sender = ShmSender<T>;
    type Receiver = ShmReceiver<T>;

    fn open(self) -> Result<(ShmSender<T>, ShmReceiver<T>), EdgeError> {
        let sender = self.sender().map_err(EdgeError::new)?;
        Ok((sender, self.receiver().map_err(EdgeError::new)?))
    }

    fn describe(&self) -> Described {
        let asked = self.capacity.unwrap_or(DEFAULT_CAPACITY);
        Described::new("shm")
            .named(self.path())
            .policy(self.policy.name(), self.policy.loses())
            .capacity(asked.checked_next_power_of_two().unwrap_or(asked))
            .layout(
                Shape::of(size_of::<T>()).stride,
                "in-slot",
                "the number in the slot is what publishes a value",
            )
    }
}

impl Bounded for Shm {
    fn with_capacity(self, capacity: usize) -> Self {
        self.capacity(capacity)
    }
}

#[diagnostic::do_not_recommend]
impl Policy<Shm> for Overflow {
    type Edge = Shm;

    fn of(self, kind: Shm) -> Shm {
        kind.with_overflow(self)
    }
}

/// The policies that a ring between processes has.
macro_rules! of_shm {
    ($($policy:ident),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl Policy<Shm> for $policy {
                type Edge = Shm;

                fn of(self, kind: Shm) -> Shm {
                    kind.with_overflow(Overflow::$policy)
                }
            }
        )*
    };
}

of_shm!(Block, DropNewest, Fail);

impl<T: Plain> Push for ShmSender<T> {
    type Item = T;

    const STEPS: bool = true;
    // A value is visible as soon as it is pushed.
    const DEFERS: bool = false;

    push_as_without_the_trait!();
    by_held!();

    #[inline(always)]
    fn has_certain_room(&mut self) -> bool {
        self.steps.has_room()
    }

    #[inline(always)]
    unsafe fn push_into_room(&mut self, value: T) -> Pushed<T> {
        // SAFETY: as the caller promises.
        unsafe { self.steps.fill(&value) };
        Pushed::Ok
    }

    #[inline(always)]
    fn push_without_room(&mut self, value: T) -> Pushed<T> {
        Self::push(self, value)
    }

    #[inline(always)]
    fn goes_on_without_room(&mut self) -> bool {
        self.overflows()
    }

    #[inline(always)]
    fn pushed(&self) -> usize {
        self.steps.tail as usize
    }
}

impl<T: Plain> Pop for ShmReceiver<T> {
    type Item = T;

    pop_as_without_the_trait!();
    by_held!();

    #[inline(always)]
    fn capacity(&self) -> usize {
        self.steps.ring.capacity() as usize
    }

    /// Without a second look, which the other process may have made come out otherwise.
    #[inline(always)]
    unsafe fn pop_ready(&mut self) -> T {
        self.steps.take_deferred()
    }
}
