//! `when_any`: two senders, whichever is first.

use crate::adaptors::linked_stop::{Arms, LinkedStop};
use crate::adaptors::race::{Judge, Race};
use crate::completion::{Completion, JoinError};
use crate::sender::Sender;
use crate::stop::Recycled;

/// Runs two senders, of which the first to complete decides.
///
/// **Completes** as the first of them does, be it with a value, an error or a stop; the other one is asked to
/// stop, and awaited. The arms start in order: if the first completes inside `start`, the second is not
/// started. Their values are of one type, and their errors are [joined](JoinError). Nest it for more than
/// two.
/// **Runs on**, afterwards, the context where the last arm completed.
/// **Costs**, once the thread has made as many stop sources as are alive at a time, no allocation; three
/// read-modify-writes for each arm, two uncontended locks to ask the other arm to stop, one for an arm that waits to be asked, and
/// two short ones if a stop may come from outside.
///
/// stdexec: `when_any`. futures: `select`. tokio: `select!`, which drops the other one where it stands.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fusewire::prelude::*;
///
/// let slow = after(Duration::from_secs(3600)).map(|()| "slow");
/// let fast = after(Duration::from_millis(1)).map(|()| "fast");
/// assert_eq!(block_on(when_any(slow, fast)), Completion::Value("fast"));
/// ```
#[inline]
pub const fn when_any<A, B>(first: A, second: B) -> WhenAny<A, B> {
    LinkedStop::new(AnyOf { first, second })
}

/// The sender of [`when_any`].
pub type WhenAny<A, B> = LinkedStop<AnyOf<A, B>>;

/// The two arms of a [`WhenAny`].
#[derive(Debug, Clone)]
pub struct AnyOf<A, B> {
    first: A,
    second: B,
}

impl<A, B> Arms for AnyOf<A, B>
where
    A: Sender<Value: Send, Error: JoinError<B::Error, Joined: Send>>,
    B: Sender<Value = A::Value>,
{
    type Sender = Race<A, B, FirstComes>;

    #[inline]
    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(self, stop: Recycled) -> Self::Sender {
        Race::new(self.first, self.second, stop)
    }
}

/// Both decide.
#[derive(Debug)]
pub struct FirstComes;

impl<A, B> Judge<A, B> for FirstComes
where
    A: Sender<Error: JoinError<B::Error>>,
    B: Sender<Value = A::Value>,
{
    type Value = A::Value;
    type Error = <A::Error as JoinError<B::Error>>::Joined;

    #[inline]
    fn first(completion: Completion<A::Value, A::Error>) -> Completion<Self::Value, Self::Error> {
        completion.map_err(JoinError::earlier)
    }

    #[inline]
    fn second(completion: Completion<B::Value, B::Error>) -> Option<Completion<Self::Value, Self::Error>> {
        Some(completion.map_err(A::Error::later))
    }
}
