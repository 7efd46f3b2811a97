//! `timeout` and `deadline`: an error for a pass that takes too long.

mod clock;

use std::fmt;

use crate::adaptors::linked_stop::{Arms, LinkedStop};
use crate::adaptors::race::{Judge, Race};
use crate::completion::{Completion, JoinError, Never};
use crate::sender::Sender;
use crate::stop::Recycled;
pub use clock::{Clock, ClockOperation};

/// The error of a pass that took longer than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time for this pass has elapsed")
    }
}

impl std::error::Error for Elapsed {}

/// The sender of [`timeout`](crate::adaptors::OutcomeExt::timeout) and of
/// [`deadline`](crate::adaptors::OutcomeExt::deadline).
pub type Timeout<S> = LinkedStop<Timed<S>>;

/// The sender and the clock of a [`Timeout`].
#[derive(Debug, Clone)]
pub struct Timed<S> {
    sender: S,
    clock: Clock,
}

impl<S> Timed<S> {
    #[inline]
    pub(crate) const fn new(sender: S, clock: Clock) -> Self {
        Self { sender, clock }
    }
}

impl<S> Arms for Timed<S>
where
    S: Sender<Value: Send>,
    Elapsed: JoinError<S::Error, Joined: Send>,
{
    type Sender = Race<S, Clock, InTime>;

    #[inline]
    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(self, stop: Recycled) -> Self::Sender {
        Race::new(self.sender, self.clock, stop)
    }
}

/// The sender decides unless the clock was first.
#[derive(Debug)]
pub struct InTime;

impl<S: Sender> Judge<S, Clock> for InTime
where
    Elapsed: JoinError<S::Error>,
{
    type Value = S::Value;
    type Error = <Elapsed as JoinError<S::Error>>::Joined;

    #[inline]
    fn first(completion: Completion<S::Value, S::Error>) -> Completion<S::Value, Self::Error> {
        completion.map_err(<Elapsed as JoinError<S::Error>>::later)
    }

    #[inline]
    fn second(completion: Completion<(), Never>) -> Option<Completion<S::Value, Self::Error>> {
        // Stopped, because the sender was first, or from outside: that is not the clock's to say.
        completion.value().map(|()| Completion::Error(<Elapsed as JoinError<S::Error>>::earlier(Elapsed)))
    }
}
