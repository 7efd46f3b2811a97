//! `AutoEvent`: lets one pass through each time it is set.

use std::fmt;
use std::sync::Arc;

use super::handle::Handle;
use super::operation::{Request, sends};
use super::wait_list::{Place, Queue, Woken};
use crate::completion::{Completion, Never};
use crate::primitive::const_unless_modelled;

/// Something that happens and is taken notice of once: each [`set`](Self::set) lets one pass go on, and if none waits
/// the next that comes. Being set twice before anybody came is being set once.
///
/// libunifex: `async_auto_reset_event`. TooManyCooks: `tmc::auto_reset_event`. tokio: `Notify`, with `notify_one`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::sync::AutoEvent;
///
/// let changed = AutoEvent::new();
/// changed.set();
/// assert_eq!(block_on(changed.wait()), Completion::Value(()));
/// assert!(!changed.try_wait());
/// ```
pub struct AutoEvent {
    place: Place<Notice>,
}

/// The state of an [`AutoEvent`].
#[derive(Debug)]
pub struct Notice {
    set: bool,
    // INVARIANT: empty while it is set.
    queue: Queue<()>,
}

impl fmt::Debug for AutoEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AutoEvent").finish_non_exhaustive()
    }
}

impl Default for AutoEvent {
    fn default() -> Self {
        Self::new()
    }
}

impl AutoEvent {
    const_unless_modelled! {
        /// Not set. May stand in a `static`.
        pub fn new() -> Self {
            Self { place: Place::new(Notice { set: false, queue: Queue::new() }) }
        }
    }

    /// Lets the pass go on that has waited longest, or else the next that comes.
    pub fn set(&self) {
        let mut woken = Woken::none();
        self.place.with(|state| {
            state.set = true;
            state.settle(&mut woken);
        });
        drop(woken);
    }

    /// Lets all go on that wait now, and nobody who comes later. How many they were.
    ///
    /// tokio: `Notify::notify_waiters`.
    pub fn set_all(&self) -> usize {
        let mut woken = Woken::none();
        let all = self.place.with(|state| {
            let all = state.queue.len();
            while state.queue.grant(&mut woken) {}
            all
        });
        drop(woken);
        all
    }

    /// Takes notice, if it is set now.
    pub fn try_wait(&self) -> bool {
        self.place.with(|state| std::mem::take(&mut state.set))
    }

    /// Waits until it is set, and unsets it.
    ///
    /// **Completes** with `()`, inside `start` if it is set, else later, in the order of coming; it cannot fail.
    /// Stopped if a stop is requested while it waits.
    /// **Runs on** the context where it is started.
    /// **Costs** one compare-exchange and one store if it is set; no allocation.
    pub const fn wait(&self) -> WaitAutoEvent<&Self> {
        WaitAutoEvent { event: self }
    }

    /// As [`wait`](Self::wait), by count, for a graph that outlives this reference.
    pub fn wait_arc(self: &Arc<Self>) -> WaitAutoEvent {
        WaitAutoEvent { event: Arc::clone(self) }
    }
}

impl Notice {
    fn settle(&mut self, woken: &mut Woken<()>) {
        if self.set && self.queue.grant(woken) {
            self.set = false;
        }
    }
}

/// The sender of [`AutoEvent::wait`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Debug, Clone)]
pub struct WaitAutoEvent<H: Handle<AutoEvent> = Arc<AutoEvent>> {
    event: H,
}

impl<H: Handle<AutoEvent>> Request for WaitAutoEvent<H> {
    type State = Notice;
    type Payload = ();
    type Value = ();
    type Error = Never;

    #[inline]
    fn place(&self) -> &Place<Notice> {
        &self.event.place
    }

    fn queue(state: &mut Notice) -> &mut Queue<()> {
        &mut state.queue
    }

    #[inline]
    fn ask(&mut self, state: &mut Notice, _: &mut Woken<()>) -> Option<()> {
        std::mem::take(&mut state.set).then_some(())
    }

    fn settle(state: &mut Notice, woken: &mut Woken<()>) {
        state.settle(woken);
    }

    fn give_back(state: &mut Notice, (): ()) {
        state.set = true;
    }

    #[inline]
    fn granted(&mut self, (): ()) -> Completion<(), Never> {
        Completion::Value(())
    }
}

sends!([H: Handle<AutoEvent>] WaitAutoEvent<H>);
