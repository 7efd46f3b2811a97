//! The contract of an edge: what its description, its sending and its receiving end promise.

use super::{Described, EdgeError, EdgeStats, Pushed, Wake};

/// The description of an edge that carries values of type `T`.
///
/// It is what a hop is given by [`On::edge`](crate::on::On::edge), and what [`open`](Self::open) makes two ends of.
/// [`Spsc`](super::Spsc) is one; whoever has a ring of his own writes another.
///
/// A description is cloned when a graph needs several edges like it: a hop behind a fork opens one for each arm.
///
/// # Examples
///
/// A queue behind a lock, which is enough for a graph to run over:
///
/// ```
/// use std::collections::VecDeque;
/// use std::sync::{Arc, Mutex};
///
/// use fusewire::edge::{Described, Edge, EdgeError, Pop, Push, Pushed};
///
/// #[derive(Clone)]
/// struct Locked(usize);
///
/// struct End<T>(Arc<Mutex<VecDeque<T>>>, usize);
///
/// impl<T: Send + 'static> Edge<T> for Locked {
///     type Sender = End<T>;
///     type Receiver = End<T>;
///
///     fn open(self) -> Result<(End<T>, End<T>), EdgeError> {
///         let queue = Arc::new(Mutex::new(VecDeque::with_capacity(self.0)));
///         Ok((End(Arc::clone(&queue), self.0), End(queue, self.0)))
///     }
///
///     fn describe(&self) -> Described {
///         Described::new("locked").capacity(self.0)
///     }
/// }
///
/// impl<T> Push for End<T> {
///     type Item = T;
///
///     fn push(&mut self, value: T) -> Pushed<T> {
///         let mut queue = self.0.lock().unwrap();
///         if queue.len() == self.1 {
///             return Pushed::Full(value);
///         }
///         queue.push_back(value);
///         Pushed::Ok
///     }
///
///     fn has_room(&mut self) -> bool {
///         self.0.lock().unwrap().len() < self.1
///     }
///
///     fn is_closed(&self) -> bool {
///         Arc::strong_count(&self.0) == 1
///     }
/// }
///
/// impl<T> Pop for End<T> {
///     type Item = T;
///
///     fn pop(&mut self) -> Option<T> {
///         self.0.lock().unwrap().pop_front()
///     }
///
///     fn ready(&mut self) -> bool {
///         !self.0.lock().unwrap().is_empty()
///     }
///
///     fn is_closed(&self) -> bool {
///         Arc::strong_count(&self.0) == 1
///     }
/// }
///
/// let (mut sender, mut receiver) = Edge::<u32>::open(Locked(1))?;
/// assert_eq!(sender.push(1), Pushed::Ok);
/// assert_eq!(sender.push(2), Pushed::Full(2));
/// assert_eq!(receiver.pop(), Some(1));
/// # Ok::<(), EdgeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "the edge `{Self}` does not carry a `{T}`",
    label = "a `{T}` is to cross over a `{Self}`",
    note = "help: give the hop an edge that implements `Edge<{T}>` and `Clone`; without `.edge(..)` it gets a ring that carries whatever is `Send`"
)]
pub trait Edge<T>: Clone {
    /// The end that pushes.
    type Sender: Push<Item = T> + Send;
    /// The end that pops.
    type Receiver: Pop<Item = T> + Send;

    /// Makes the edge. Whatever it needs is allocated here, and nothing afterwards.
    ///
    /// # Errors
    ///
    /// [`EdgeError`] says what is wrong with the description, or what the system refused.
    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError>;

    /// What the edge is, for people to read: see [`inspect`](crate::inspect).
    fn describe(&self) -> Described;
}

/// The end of an edge that pushes.
///
/// It belongs to one thread at a time. None of these functions blocks. A lane asks [`has_room`](Self::has_room) before it takes
/// a value, pushes it, and calls [`publish`](Self::publish) and [`wake`](Self::wake) at the end of a turn; dropping the end
/// closes the edge once no other sender of it is left.
pub trait Push {
    /// What it carries.
    type Item;

    /// Pushes a value, or does with it what the edge's policy says.
    fn push(&mut self, value: Self::Item) -> Pushed<Self::Item>;

    /// Whether the next push will not give its value back as [`Pushed::Full`]. Once true, it stays true until the next push
    /// through this end; a sender that shares its edge sets a place aside. Where the policy is to go on regardless, as it is to
    /// drop or to fail, it is always true.
    fn has_room(&mut self) -> bool;

    /// Whether every receiver is gone, so that nobody will pop what is pushed.
    fn is_closed(&self) -> bool;

    /// Makes visible what was pushed, if pushing alone does not.
    #[inline(always)]
    fn publish(&mut self) {}

    /// Moves on what waits on the sender's side, where a policy keeps values there. Whether nothing is left.
    #[inline(always)]
    fn flush(&mut self) -> bool {
        true
    }

    /// How many values wait on the sender's side, if the edge says so. A lane asks after a [`flush`](Self::flush) that left something: it
    /// wakes the lane downstream when there are fewer than before, and after each such flush where the edge does not say.
    #[inline(always)]
    fn kept(&self) -> Option<usize> {
        None
    }

    /// Wakes the receivers that sleep; once per turn or burst, after [`publish`](Self::publish).
    #[inline(always)]
    fn wake(&self) {}

    /// Says how to wake this sender when there is room again. Whether the edge will do so; if not, the sender has to look.
    ///
    /// A pop that is under way on another core meanwhile may not know of it: the first sleep after this is a short one, as that of
    /// [`push`](super::push()) is.
    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        drop(wake);
        false
    }

    /// The edge's counters, if it has any.
    fn stats(&self) -> Option<EdgeStats> {
        None
    }

    /// Whether the lane takes the steps below one by one, as it does with the ring of [`Spsc`](super::Spsc).
    #[doc(hidden)]
    const STEPS: bool = false;

    /// Whether what is pushed is invisible before it is published.
    #[doc(hidden)]
    const DEFERS: bool = true;

    /// Whether there is room in which the next value will stay.
    #[doc(hidden)]
    #[inline(always)]
    fn has_certain_room(&mut self) -> bool {
        self.has_room()
    }

    /// For how many values there is such room, as far as is known without asking the other end more than that takes.
    #[doc(hidden)]
    #[inline(always)]
    fn certain_room(&mut self) -> usize {
        usize::from(self.has_certain_room())
    }

    /// Pushes where there certainly is room; it need not be visible before [`publish`](Self::publish) if `DEFERS`.
    ///
    /// # Safety
    ///
    /// [`has_certain_room`](Self::has_certain_room) returned true, and nothing was pushed since.
    #[doc(hidden)]
    #[inline(always)]
    unsafe fn push_into_room(&mut self, value: Self::Item) -> Pushed<Self::Item> {
        self.push(value)
    }

    /// Pushes after [`goes_on_without_room`](Self::goes_on_without_room).
    #[doc(hidden)]
    #[inline(always)]
    fn push_without_room(&mut self, value: Self::Item) -> Pushed<Self::Item> {
        self.push(value)
    }

    /// Whether a lane goes on although there is no certain room.
    #[doc(hidden)]
    #[inline(always)]
    fn goes_on_without_room(&mut self) -> bool {
        false
    }

    /// How many values were pushed, if `STEPS`.
    #[doc(hidden)]
    #[inline(always)]
    fn pushed(&self) -> usize {
        0
    }
}

/// The end of an edge that pops.
///
/// It belongs to one thread at a time. None of these functions blocks. Values come out in the order in which each sender pushed
/// them; dropping the end closes the edge once no other receiver of it is left.
pub trait Pop {
    /// What it carries.
    type Item;

    /// Takes the oldest value, if there is one.
    fn pop(&mut self) -> Option<Self::Item>;

    /// Whether a value waits. Once true, it stays true until the next pop; where several receivers share an edge, another may
    /// take the value first, and such an edge carries no hop inside of arms.
    fn ready(&mut self) -> bool;

    /// Whether every sender is gone. What they pushed is visible once this returned true: the edge is drained when `is_closed`
    /// returned true and after that [`pop`](Self::pop) returned `None`.
    fn is_closed(&self) -> bool;

    /// Gives the sender the room of what was popped, if popping alone does not.
    #[inline(always)]
    fn hand_back(&mut self) {}

    /// How many values the edge holds at most, if there is such a number. A turn of a lane takes a quarter of it at most, so
    /// that the sender can go on meanwhile.
    #[inline(always)]
    fn capacity(&self) -> usize {
        usize::MAX
    }

    /// Says how to wake this receiver when there is something to pop, or the edge was closed. Whether the edge will do so; if
    /// not, the receiver has to look. It looks once more before it sleeps: what was pushed meanwhile may have been announced to nobody.
    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        drop(wake);
        false
    }

    /// The edge's counters, if it has any.
    fn stats(&self) -> Option<EdgeStats> {
        None
    }

    /// [`pop`](Self::pop), with the room left taken until [`hand_back`](Self::hand_back), where that is cheaper.
    #[doc(hidden)]
    #[inline(always)]
    fn pop_deferred(&mut self) -> Option<Self::Item> {
        self.pop()
    }

    /// The value that waits.
    ///
    /// # Safety
    ///
    /// [`ready`](Self::ready) returned true, and nothing was popped since.
    ///
    /// # Panics
    ///
    /// Where an edge breaks its promise and has no value although it was ready.
    #[doc(hidden)]
    #[inline(always)]
    unsafe fn pop_ready(&mut self) -> Self::Item {
        match self.pop() {
            Some(value) => value,
            None => not_ready(),
        }
    }
}

#[cold]
#[inline(never)]
fn not_ready() -> ! {
    panic!(
        "an edge said that it was ready and then gave no value: its `Pop::ready` must stay true until the next pop"
    )
}
