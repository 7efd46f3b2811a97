//! `bulk`: a function called for every index of a range, or for every element of the value, side by side on a pool.

mod shape;

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::{Completion, IntoError, StopReason};
use crate::env::Env;
use crate::function::{Fits, Misfits, Nothing};
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::StopToken;
pub use shape::{Elements, Ended, Indices, Parts, Ranges, Shape};

/// One stage whose work is split, as methods of every sender.
///
/// Where a pass is on a [pool](crate::context::pool), after `then(on(pool))`, the workers that have nothing better to do take part; the
/// pass goes on, on the same context as before, when all calls have returned. On any other context, and on no context, the calls are made
/// one after the other, in order. Calls on other workers count as being on no [context](crate::context::current).
///
/// The function returns nothing, or a `Result<(), E>`. After the first error no further chunk is begun, and the pass fails with it; where
/// several calls fail at once, it is that of one of them. An earlier error becomes an `E`, as with `?`. The stop token is looked at
/// between chunks; a pass that leaves some out because of it is stopped. A panic in one call is a panic of the stage.
///
/// **Costs** no allocation; per chunk a load of each of the two words that may end it, and of what the worker offers to others. Nothing
/// is forked unless somebody can take it.
///
/// In `fuse!` these take the chain before them as one machine.
///
/// C++26: `bulk`, `bulk_chunked`, `bulk_unchunked`, whose functions get a mutable reference to the value that all calls share; here
/// what all share is `&V`, and what may be changed is split: [`bulk_each`](Self::bulk_each).
pub trait BulkExt: Sender {
    /// Calls `f` for each of `0..n`, in chunks as large as is good for how many workers there are.
    ///
    /// **Completes** with the value.
    ///
    /// # Panics
    ///
    /// When one of the calls does; others may then not have been made.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use fusewire::context::pool::Pool;
    /// use fusewire::prelude::*;
    ///
    /// let pool = Pool::builder().workers(2).build()?;
    /// let sum = from_fn(|| Some((AtomicU64::new(0), [3, 4, 5])))
    ///     .then(on(pool))
    ///     .bulk(3, |i, (sum, all)| {
    ///         sum.fetch_add(all[i], Ordering::Relaxed);
    ///     })
    ///     .map(|(sum, _)| sum.into_inner());
    /// assert_eq!(block_on(sum), Completion::Value(12));
    /// # Ok::<(), fusewire::context::pool::PoolError>(())
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn bulk<F: Fn(usize, &Self::Value) -> O + Send + Sync, O: Verdict<Self::Error, M>, M>(self, n: usize, f: F) -> O::If<Bulk<Self, Indices<F>>> where Self::Value: Sync {
        O::hold(Bulk::new(self, Indices::new(n, None, f)))
    }

    /// As [`bulk`](Self::bulk), each call a chunk of its own: for calls that take long, or not equally long.
    ///
    /// # Panics
    ///
    /// As for `bulk`.
    #[inline]
    #[rustfmt::skip]
    fn bulk_unchunked<F: Fn(usize, &Self::Value) -> O + Send + Sync, O: Verdict<Self::Error, M>, M>(self, n: usize, f: F) -> O::If<Bulk<Self, Indices<F>>> where Self::Value: Sync {
        O::hold(Bulk::new(self, Indices::new(n, Some(1), f)))
    }

    /// Calls `f` for ranges of up to `chunk` indices that together are `0..n`; each begins at a multiple of `chunk`.
    ///
    /// **Completes** with the value. A `chunk` of 0 is 1.
    ///
    /// # Panics
    ///
    /// As for [`bulk`](Self::bulk).
    #[inline]
    #[rustfmt::skip]
    fn bulk_chunked<F: Fn(std::ops::Range<usize>, &Self::Value) -> O + Send + Sync, O: Verdict<Self::Error, M>, M>(self, n: usize, chunk: usize, f: F) -> O::If<Bulk<Self, Ranges<F>>> where Self::Value: Sync {
        O::hold(Bulk::new(self, Ranges::new(n, chunk, f)))
    }

    /// Calls `f` for each element of the value with its index. The value is a slice, an array, a vector or what else is
    /// `AsMut<[T]>`.
    ///
    /// **Completes** with the value. The chunks are as for [`bulk`](Self::bulk).
    ///
    /// # Panics
    ///
    /// As for `bulk`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let squares = just([0; 4]).bulk_each(|i, n| *n = i * i);
    /// assert_eq!(block_on(squares), Completion::Value([0, 1, 4, 9]));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn bulk_each<T: Send, F: Fn(usize, &mut T) -> O + Send + Sync, O: Verdict<Self::Error, M>, M>(self, f: F) -> O::If<Bulk<Self, Elements<F, T>>> where Self::Value: AsMut<[T]> {
        O::hold(Bulk::new(self, Elements::new(f)))
    }

    /// Calls `f` for parts of up to `chunk` elements of the value, with the index of the first.
    ///
    /// **Completes** with the value. A `chunk` of 0 is 1.
    ///
    /// # Panics
    ///
    /// As for [`bulk`](Self::bulk).
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let parts = just(vec![1; 5]).bulk_each_chunked(2, |first, part| match part.len() {
    ///     2 => Ok(()),
    ///     _ => Err(first),
    /// });
    /// assert_eq!(block_on(parts), Completion::Error(4));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn bulk_each_chunked<T: Send, F: Fn(usize, &mut [T]) -> O + Send + Sync, O: Verdict<Self::Error, M>, M>(self, chunk: usize, f: F) -> O::If<Bulk<Self, Parts<F, T>>> where Self::Value: AsMut<[T]> {
        O::hold(Bulk::new(self, Parts::new(chunk, f)))
    }
}

impl<S: Sender> BulkExt for S {}

/// What the function of a bulk returns: nothing, or a `Result<(), E>`. `E0` is how a pass may have failed before.
#[diagnostic::on_unimplemented(
    message = "the function of a bulk returns nothing or a `Result<(), E>`, not `{Self}`",
    label = "returns `{Self}`",
    note = "help: end the function with a `;`, or keep what it makes in the value, as `bulk_each` does; an error `{E0}` of the stages before must turn into the `E`, by `.map_err(..)` or `From`"
)]
pub trait Verdict<E0, M> {
    /// How a pass fails afterwards.
    type Error: Send;

    /// `T`, if the function fits.
    type If<T>;

    /// `sender`, if the function fits.
    fn hold<T>(sender: T) -> Self::If<T>;

    /// Whether to go on.
    ///
    /// # Errors
    ///
    /// What the call failed with.
    fn verdict(self) -> Result<(), Self::Error>;

    /// What an earlier error becomes.
    fn earlier(error: E0) -> Self::Error;
}

#[diagnostic::do_not_recommend]
impl<E0: Send> Verdict<E0, Fits> for () {
    type Error = E0;
    type If<T> = T;

    #[inline(always)]
    fn hold<T>(sender: T) -> T {
        sender
    }

    #[inline(always)]
    fn verdict(self) -> Result<(), E0> {
        Ok(())
    }

    #[inline]
    fn earlier(error: E0) -> E0 {
        error
    }
}

#[diagnostic::do_not_recommend]
impl<E0: IntoError<E>, E: Send> Verdict<E0, Fits> for Result<(), E> {
    type Error = E;
    type If<T> = T;

    #[inline(always)]
    fn hold<T>(sender: T) -> T {
        sender
    }

    #[inline(always)]
    fn verdict(self) -> Self {
        self
    }

    #[inline]
    fn earlier(error: E0) -> E {
        error.into_error()
    }
}

/// Two that apply to nothing, because the compiler would take the only one; see [`function`](crate::function).
macro_rules! misfits {
    ($marker:ty) => {
        #[diagnostic::do_not_recommend]
        impl<E0: Send, O: Nothing> Verdict<E0, $marker> for O {
            type Error = E0;
            type If<T> = T;

            fn hold<T>(sender: T) -> T {
                sender
            }

            fn verdict(self) -> Result<(), E0> {
                Ok(())
            }

            fn earlier(error: E0) -> E0 {
                error
            }
        }
    };
}
misfits!(Misfits);
misfits!((Misfits,));

/// The sender of [`BulkExt`]'s methods.
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Bulk<S, K> {
    sender: S,
    shape: K,
}

opaque!(Bulk<S, K> after sender);

impl<S, K> Bulk<S, K> {
    #[inline]
    const fn new(sender: S, shape: K) -> Self {
        Self { sender, shape }
    }
}

#[diagnostic::do_not_recommend]
impl<S, K> Sender for Bulk<S, K>
where
    S: Sender,
    K: Shape<S::Value, S::Error>,
{
    type Value = S::Value;
    type Error = K::Error;
    type Operation<R: Receiver<S::Value, K::Error>> = Linked<S::Operation<TransformReceiver<Bulking<K>, R>>>;

    #[inline]
    fn connect<R: Receiver<S::Value, K::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        let bulking = Bulking { shape: self.shape, stop: env.stop().clone() };
        connect_link(self.sender, TransformReceiver::new(bulking, receiver), env)
    }
}

/// What [`Bulk`] does to a completion.
#[derive(Clone)]
pub struct Bulking<K> {
    shape: K,
    stop: StopToken,
}

opaque!(Bulking<K>);

impl<V, E, K: Shape<V, E>> Transform<V, E> for Bulking<K> {
    type Value = V;
    type Error = K::Error;

    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, K::Error> {
        match arrived {
            Completion::Value(mut value) => match self.shape.call(&mut value, &self.stop) {
                Ended::All => Completion::Value(value),
                Ended::Failed(error) => Completion::Error(error),
                Ended::Stopped => Completion::Stopped(StopReason::Requested),
            },
            Completion::Error(error) => Completion::Error(K::earlier(error)),
            Completion::Stopped(reason) => Completion::Stopped(reason),
        }
    }
}
