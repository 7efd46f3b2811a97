//! `when_all`: senders side by side, which stop each other when one fails.

use crate::adaptors::flat::{Flat3, Flat4, flat3, flat4};
use crate::adaptors::join::{Join, join};
use crate::adaptors::linked_stop::{Arms, LinkedStop};
use crate::adaptors::transform::{Transform, Transformed};
use crate::completion::Completion;
use crate::sender::Sender;
use crate::stop::Recycled;

/// A sender that asks the others to stop when it has no value.
pub type Watched<S> = Transformed<S, Alarm>;

/// Asks the other arms to stop when a completion is not a value.
#[derive(Debug)]
pub struct Alarm {
    stop: Recycled,
}

impl<V, E> Transform<V, E> for Alarm {
    type Value = V;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, E> {
        if !matches!(arrived, Completion::Value(_)) {
            self.stop.request_stop();
        }
        arrived
    }
}

#[inline]
fn watched<S>(sender: S, stop: &Recycled) -> Watched<S> {
    Transformed::new(sender, Alarm { stop: stop.share() })
}

/// Runs two senders side by side; the pass has both values.
///
/// **Completes** as [`join`] does, with one difference: as soon as an arm has no value, the others are asked
/// to stop. They are awaited all the same.
/// **Runs on**, afterwards, the context where the last arm completed.
/// **Costs** what `join` costs; nothing more if all arms complete inside `start`, else as
/// [`when_any`](crate::adaptors::when_any) says for its stop source.
///
/// C++26: `when_all`. futures: `try_join`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let all = when_all4(just(1), just(2), just(3), just(4)).map(|(a, b, c, d)| a + b + c + d);
/// assert_eq!(block_on(all), Completion::Value(10));
/// // An hour is not waited for: the error stops it.
/// let failed = when_all(never::<i32>(), just_error::<i32, _>("no feed"));
/// assert_eq!(block_on(failed), Completion::Error("no feed"));
/// ```
#[inline]
pub const fn when_all<A, B>(first: A, second: B) -> WhenAll<A, B> {
    LinkedStop::new(AllOf(first, second))
}

/// Runs three senders side by side; see [`when_all`].
#[inline]
pub const fn when_all3<A, B, C>(first: A, second: B, third: C) -> WhenAll3<A, B, C> {
    LinkedStop::new(AllOf3(first, second, third))
}

/// Runs four senders side by side; see [`when_all`].
#[inline]
pub const fn when_all4<A, B, C, D>(first: A, second: B, third: C, fourth: D) -> WhenAll4<A, B, C, D> {
    LinkedStop::new(AllOf4(first, second, third, fourth))
}

/// The sender of [`when_all`].
pub type WhenAll<A, B> = LinkedStop<AllOf<A, B>>;
/// The sender of [`when_all3`].
pub type WhenAll3<A, B, C> = LinkedStop<AllOf3<A, B, C>>;
/// The sender of [`when_all4`].
pub type WhenAll4<A, B, C, D> = LinkedStop<AllOf4<A, B, C, D>>;

/// The arms of a [`WhenAll`].
#[derive(Debug, Clone)]
pub struct AllOf<A, B>(A, B);
/// The arms of a [`WhenAll3`].
#[derive(Debug, Clone)]
pub struct AllOf3<A, B, C>(A, B, C);
/// The arms of a [`WhenAll4`].
#[derive(Debug, Clone)]
pub struct AllOf4<A, B, C, D>(A, B, C, D);

impl<A: Sender, B: Sender> Arms for AllOf<A, B>
where
    Join<Watched<A>, Watched<B>>: Sender,
{
    type Sender = Join<Watched<A>, Watched<B>>;

    #[inline]
    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(self, stop: Recycled) -> Self::Sender {
        join(watched(self.0, &stop), watched(self.1, &stop))
    }
}

impl<A: Sender, B: Sender, C: Sender> Arms for AllOf3<A, B, C>
where
    Flat3<Watched<A>, Watched<B>, Watched<C>>: Sender,
{
    type Sender = Flat3<Watched<A>, Watched<B>, Watched<C>>;

    #[inline]
    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(self, stop: Recycled) -> Self::Sender {
        flat3(watched(self.0, &stop), watched(self.1, &stop), watched(self.2, &stop))
    }
}

impl<A: Sender, B: Sender, C: Sender, D: Sender> Arms for AllOf4<A, B, C, D>
where
    Flat4<Watched<A>, Watched<B>, Watched<C>, Watched<D>>: Sender,
{
    type Sender = Flat4<Watched<A>, Watched<B>, Watched<C>, Watched<D>>;

    #[inline]
    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(self, stop: Recycled) -> Self::Sender {
        flat4(watched(self.0, &stop), watched(self.1, &stop), watched(self.2, &stop), watched(self.3, &stop))
    }
}
