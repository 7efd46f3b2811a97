//! `Event`: open or shut; passes wait until it is open.

use std::fmt;
use std::sync::Arc;

use super::handle::Handle;
use super::operation::{Request, sends};
use super::wait_list::{Place, Queue, Woken};
use crate::completion::{Completion, Never};
use crate::primitive::const_unless_modelled;

/// Something that happens: all who wait go on, and so does whoever comes later, until it is reset.
///
/// libunifex: `async_manual_reset_event`. TooManyCooks: `tmc::manual_reset_event`. capy: `async_event`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::sync::Event;
///
/// let ready = Event::new();
/// ready.set();
/// assert_eq!(block_on(ready.wait()), Completion::Value(()));
/// ready.reset();
/// assert!(!ready.is_set());
/// ```
pub struct Event {
    place: Place<Happening>,
}

/// The state of an [`Event`].
#[derive(Debug)]
pub struct Happening {
    set: bool,
    // INVARIANT: empty while it is set.
    queue: Queue<()>,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("set", &self.is_set()).finish()
    }
}

impl Default for Event {
    fn default() -> Self {
        Self::new()
    }
}

impl Event {
    const_unless_modelled! {
        /// Not set. May stand in a `static`.
        pub fn new() -> Self {
            Self { place: Place::new(Happening { set: false, queue: Queue::new() }) }
        }
    }

    /// Sets it: all who wait go on, in the order in which they came. Whether it was not set.
    ///
    /// **Costs** one post for each who waits.
    pub fn set(&self) -> bool {
        let mut woken = Woken::none();
        let first = self.place.with(|state| {
            while state.queue.grant(&mut woken) {}
            !std::mem::replace(&mut state.set, true)
        });
        drop(woken);
        first
    }

    /// Unsets it: whoever comes now waits. Those who were let go on do so all the same.
    pub fn reset(&self) {
        self.place.with(|state| state.set = false);
    }

    /// Whether it is set at some moment during the call.
    pub fn is_set(&self) -> bool {
        self.place.with(|state| state.set)
    }

    /// Waits until it is set.
    ///
    /// **Completes** with `()`, inside `start` if it is set, else later; it cannot fail. Stopped if a stop is
    /// requested while it waits.
    /// **Runs on** the context where it is started.
    /// **Costs** one compare-exchange and one store if it is set; no allocation.
    pub const fn wait(&self) -> WaitEvent<&Self> {
        WaitEvent { event: self }
    }

    /// As [`wait`](Self::wait), by count, for a graph that outlives this reference.
    pub fn wait_arc(self: &Arc<Self>) -> WaitEvent {
        WaitEvent { event: Arc::clone(self) }
    }
}

/// The sender of [`Event::wait`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Debug, Clone)]
pub struct WaitEvent<H: Handle<Event> = Arc<Event>> {
    event: H,
}

impl<H: Handle<Event>> Request for WaitEvent<H> {
    type State = Happening;
    type Payload = ();
    type Value = ();
    type Error = Never;

    #[inline]
    fn place(&self) -> &Place<Happening> {
        &self.event.place
    }

    fn queue(state: &mut Happening) -> &mut Queue<()> {
        &mut state.queue
    }

    #[inline]
    fn ask(&mut self, state: &mut Happening, _: &mut Woken<()>) -> Option<()> {
        state.set.then_some(())
    }

    fn settle(_: &mut Happening, _: &mut Woken<()>) {}

    fn give_back(_: &mut Happening, (): ()) {}

    #[inline]
    fn granted(&mut self, (): ()) -> Completion<(), Never> {
        Completion::Value(())
    }
}

sends!([H: Handle<Event>] WaitEvent<H>);
