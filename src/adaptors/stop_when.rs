//! `stop_when`: a sender that asks another one to stop.

use crate::adaptors::linked_stop::{Arms, LinkedStop};
use crate::adaptors::race::{Judge, Race};
use crate::completion::Completion;
use crate::sender::Sender;
use crate::stop::Recycled;

/// The sender of [`stop_when`](crate::adaptors::OutcomeExt::stop_when).
pub type StopWhen<S, T> = LinkedStop<Triggered<S, T>>;

/// The sender and the trigger of a [`StopWhen`].
#[derive(Debug, Clone)]
pub struct Triggered<S, T> {
    sender: S,
    trigger: T,
}

impl<S, T> Triggered<S, T> {
    #[inline]
    pub(crate) const fn new(sender: S, trigger: T) -> Self {
        Self { sender, trigger }
    }
}

impl<S: Sender<Value: Send, Error: Send>, T: Sender> Arms for Triggered<S, T> {
    type Sender = Race<S, T, TheSender>;

    #[inline]
    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(self, stop: Recycled) -> Self::Sender {
        Race::new(self.sender, self.trigger, stop)
    }
}

/// The first decides; the second only ends the race.
#[derive(Debug)]
pub struct TheSender;

impl<S: Sender, T: Sender> Judge<S, T> for TheSender {
    type Value = S::Value;
    type Error = S::Error;

    #[inline]
    fn first(completion: Completion<S::Value, S::Error>) -> Completion<S::Value, S::Error> {
        completion
    }

    #[inline]
    fn second(_: Completion<T::Value, T::Error>) -> Option<Completion<S::Value, S::Error>> {
        None
    }
}
