//! `channel`: values from many places to many, in order, with room for so many.

mod error;
mod recv;
mod send;
mod sole;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use super::wait_list::{Place, Queue, Woken};
use crate::opaque::opaque;

pub use error::{Closed, TryRecvError, TrySendError};
pub use recv::{RecvValue, from_channel};
pub use send::SendValue;
pub use sole::{RecvSole, SoleReceiver, mpsc};

/// The room for so many values is made with the channel.
const MADE_AT_ONCE: usize = 1 << 16;

/// A channel with room for `capacity` values; both ends can be cloned.
///
/// Values come out in the order in which they went in, each once, at whichever receiving end asks first. A full
/// channel makes its senders wait, in the order in which they came: that is what slows a graph down to the one
/// behind it. With a capacity of 0 each sender waits until its value is taken.
///
/// It is closed when all ends of one side are gone, or one says so: then nothing more goes in, and what is inside
/// still comes out.
///
/// Between two lanes an [edge](crate::edge) is the better way: it has no lock. A channel is for what an edge cannot
/// do: many ends, that come and go, and passes that wait for room.
///
/// **Costs** two allocations for each end and the room here, and none later; of room for more than 65 536 values the rest is
/// made as they fill it, under the channel's lock. So `usize::MAX` is no bound. See [`send`](ChannelSender::send) and
/// [`recv`](ChannelReceiver::recv) for the rest.
///
/// libunifex: `async_pass` is one with a capacity of 0. TooManyCooks: `tmc::channel`, which has no bound. tokio:
/// `sync::mpsc`; async-channel: `bounded`.
///
/// # Examples
///
/// ```
/// use fusewire::engine::Engine;
/// use fusewire::prelude::*;
/// use fusewire::sync::{channel, from_channel};
///
/// let (send, recv) = channel(2);
/// let producer = Engine::new().run(fuse! {
///     from_iter(1..=5).and(move |n| send.send(n))
/// })?;
/// let sum = std::sync::Arc::new(std::sync::Mutex::new(0));
/// let consumer = {
///     let sum = sum.clone();
///     fuse! { from_channel(recv).for_each(move |n| *sum.lock().unwrap() += n) }
/// };
/// Engine::new().run(consumer)?.join()?;
/// producer.join()?;
/// assert_eq!(*sum.lock().unwrap(), 15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn channel<T: Send>(capacity: usize) -> (ChannelSender<T>, ChannelReceiver<T>) {
    let state = Inside {
        // One more, for a value that comes back because the context of its receiver has ended.
        ring: VecDeque::with_capacity(capacity.min(MADE_AT_ONCE) + 1),
        capacity,
        closed: false,
        receiving: Queue::new(),
        sending: Queue::new(),
    };
    let place = Arc::new(Place::new(state));
    let sending = SendingEnd { place: Arc::clone(&place) };
    let receiving = ReceivingEnd { place };
    (ChannelSender { end: Arc::new(sending) }, ChannelReceiver { end: Arc::new(receiving) })
}

/// The state of a [`channel`].
pub struct Inside<T> {
    // INVARIANT: at most `capacity` values, but for those that came back.
    ring: VecDeque<T>,
    capacity: usize,
    closed: bool,
    // INVARIANT: empty while there is a value in the ring, or in the hands of who waits to send.
    receiving: Queue<Option<T>>,
    // INVARIANT: empty while there is room.
    sending: Queue<Option<T>>,
}

opaque!(Inside<T>);

impl<T> Inside<T> {
    /// Puts a value in, if there is room or somebody waits for it.
    fn put(&mut self, value: T, woken: &mut Woken<Option<T>>) -> Result<(), T> {
        if !self.receiving.is_empty() {
            self.receiving.first(|place| *place = Some(value));
            self.receiving.grant(woken);
        } else if self.sending.is_empty() && self.ring.len() < self.capacity {
            self.ring.push_back(value);
        } else {
            return Err(value);
        }
        Ok(())
    }

    /// Takes the oldest value, if there is one, and lets the next sender have its room.
    fn take(&mut self, woken: &mut Woken<Option<T>>) -> Option<T> {
        let oldest = self.ring.pop_front();
        if self.sending.is_empty() {
            return oldest;
        }
        let next = self.sending.first(Option::take).flatten();
        self.sending.grant(woken);
        match (oldest, next) {
            (Some(oldest), Some(next)) => {
                self.ring.push_back(next);
                Some(oldest)
            }
            (oldest, next) => oldest.or(next),
        }
    }

    /// Brings together what waits on either side.
    fn settle(&mut self, woken: &mut Woken<Option<T>>) {
        if self.closed {
            // They keep their values, by which they know.
            while self.sending.grant(woken) {}
        }
        while !self.receiving.is_empty() {
            let value = self.take(woken);
            if value.is_none() && !self.closed {
                break;
            }
            self.receiving.first(|place| *place = value);
            self.receiving.grant(woken);
        }
        while self.ring.len() < self.capacity
            && let Some(Some(value)) = self.sending.first(Option::take)
        {
            self.ring.push_back(value);
            self.sending.grant(woken);
        }
    }

    fn close(&mut self, woken: &mut Woken<Option<T>>) -> bool {
        let first = !std::mem::replace(&mut self.closed, true);
        self.settle(woken);
        first
    }
}

/// Closes a channel. Whether it was open.
fn close<T>(place: &Place<Inside<T>>) -> bool {
    let mut woken = Woken::none();
    let first = place.with(|state| state.close(&mut woken));
    drop(woken);
    first
}

/// An end of a [`channel`] that sends. Clones are ends of the same side.
pub struct ChannelSender<T: Send> {
    end: Arc<SendingEnd<T>>,
}

/// Closes the channel when the last end of its side is gone.
struct SendingEnd<T: Send> {
    place: Arc<Place<Inside<T>>>,
}

impl<T: Send> Drop for SendingEnd<T> {
    fn drop(&mut self) {
        close(&self.place);
    }
}

/// An end of a [`channel`] that receives. Clones are ends of the same side.
pub struct ChannelReceiver<T: Send> {
    end: Arc<ReceivingEnd<T>>,
}

/// Closes the channel when the last end of its side is gone, and drops what is inside.
struct ReceivingEnd<T: Send> {
    place: Arc<Place<Inside<T>>>,
}

impl<T: Send> Drop for ReceivingEnd<T> {
    fn drop(&mut self) {
        close(&self.place);
        let left = self.place.with(|state| std::mem::take(&mut state.ring));
        drop(left);
    }
}

/// What both ends can say.
macro_rules! end {
    ($end:ident) => {
        impl<T: Send> Clone for $end<T> {
            fn clone(&self) -> Self {
                Self { end: Arc::clone(&self.end) }
            }
        }

        impl<T: Send> fmt::Debug for $end<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($end)).field("len", &self.len()).finish_non_exhaustive()
            }
        }

        impl<T: Send> $end<T> {
            /// Closes the channel: who waits to send is refused, and who waits to receive has come to the end.
            /// Whether it was open.
            pub fn close(&self) -> bool {
                close(&self.end.place)
            }

            /// Whether it is closed, so that nothing more goes in.
            pub fn is_closed(&self) -> bool {
                self.end.place.with(|state| state.closed)
            }

            /// The values inside, at some moment during the call.
            pub fn len(&self) -> usize {
                self.end.place.with(|state| state.ring.len())
            }

            /// Whether there are none.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// How many values there is room for.
            pub fn capacity(&self) -> usize {
                self.end.place.with(|state| state.capacity)
            }
        }
    };
}

end!(ChannelSender);
end!(ChannelReceiver);
