//! Senders that transform: the methods of every sender.
//!
//! An adaptor's function lives in the receiver that it hands to the sender before it, its
//! [`Link`](link::Link). Adaptors of one sender therefore add no operation of their own: a chain of
//! them is one operation, with the functions side by side in its receiver.

use crate::completion::{IntoError, StopReason};
use crate::context::Scheduler;
use crate::on::On;
use crate::sender::Sender;

mod and;
mod filter;
mod filter_map;
mod for_each;
mod inspect_value;
pub mod link;
mod map;
mod map_err;
mod scan;
mod then;
pub mod transform;
mod try_map;
mod upon_stopped;

pub use and::{And, AndReceiver};
pub use filter::{Filter, Filtering};
pub use filter_map::{FilterMap, FilterMapping};
pub use for_each::{Consuming, ForEach};
pub use inspect_value::{InspectValue, Inspecting};
pub use map::{Map, Mapping};
pub use map_err::{ErrorMapping, MapErr};
pub use scan::{Scan, Scanning};
pub use then::{HopReceiver, Then};
pub use try_map::{TryMap, TryMapping};
pub use upon_stopped::{StoppedMapping, UponStopped};

/// The adaptors, as methods of every [`Sender`].
///
/// What none of them changes goes past it: a `map` leaves errors alone, a `map_err` values. Unless
/// one says otherwise it completes inside `start` when the sender before it does, runs where the
/// pass is, and costs its function's call.
///
/// A function is `Send`, because the pass may be on another thread when it gets there.
pub trait SenderExt: Sender {
    /// Applies a function to the value.
    ///
    /// **Completes** with what `f` returns. In C++26 this is `then`; in futures, `map`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// assert_eq!(block_on(just(6).map(|n| n * 7)), Completion::Value(42));
    /// ```
    #[inline]
    fn map<U, F>(self, f: F) -> Map<Self, F>
    where
        F: FnMut(Self::Value) -> U + Send,
    {
        Map::new(self, f)
    }

    /// Applies a function to the value that may fail.
    ///
    /// **Completes** with the `Ok`, or with the `Err` as the error. An earlier error turns into
    /// `E2`, as with `?`; see [`IntoError`].
    ///
    /// In futures: `and_then` with a ready future.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let parsed = just("42").try_map(|text| text.parse::<i32>());
    /// assert_eq!(block_on(parsed), Completion::Value(42));
    /// ```
    #[inline]
    fn try_map<U, E2, F>(self, f: F) -> TryMap<Self, F>
    where
        F: FnMut(Self::Value) -> Result<U, E2> + Send,
        Self::Error: IntoError<E2>,
    {
        TryMap::new(self, f)
    }

    /// Lets a value through if `f` says so.
    ///
    /// **Completes** with the value, or as stopped with
    /// [`StopReason::Filtered`]; a running graph then goes on with its next pass.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let odd = just(6).filter(|n| n % 2 == 1);
    /// assert_eq!(block_on(odd), Completion::Stopped(StopReason::Filtered));
    /// ```
    #[inline]
    fn filter<F>(self, f: F) -> Filter<Self, F>
    where
        F: FnMut(&Self::Value) -> bool + Send,
    {
        Filter::new(self, f)
    }

    /// Applies a function to the value that may let nothing through.
    ///
    /// **Completes** with the `Some`, or at `None` as stopped with
    /// [`StopReason::Filtered`]; a running graph then goes on with its next pass.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let digit = just('7').filter_map(|c| c.to_digit(10));
    /// assert_eq!(block_on(digit), Completion::Value(7));
    /// ```
    #[inline]
    fn filter_map<U, F>(self, f: F) -> FilterMap<Self, F>
    where
        F: FnMut(Self::Value) -> Option<U> + Send,
    {
        FilterMap::new(self, f)
    }

    /// Applies a function to the value and to a state that stays from pass to pass.
    ///
    /// **Completes** with what `f` returns. The state begins as `init` when the sender is
    /// connected.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let sums = from_iter(1..=4).scan(0, |sum, n| { *sum += n; *sum });
    /// assert_eq!(block_on(sums.repeat(4)), Completion::Value(10));
    /// ```
    #[inline]
    fn scan<T, U, F>(self, init: T, f: F) -> Scan<Self, T, F>
    where
        T: Send,
        F: FnMut(&mut T, Self::Value) -> U + Send,
    {
        Scan::new(self, init, f)
    }

    /// Looks at the value and passes it on.
    ///
    /// **Completes** as the sender before it. In futures: `inspect`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let mut seen = 0;
    /// assert_eq!(block_on(just(6).inspect_value(|n| seen = *n)), Completion::Value(6));
    /// assert_eq!(seen, 6);
    /// ```
    #[inline]
    fn inspect_value<F>(self, f: F) -> InspectValue<Self, F>
    where
        F: FnMut(&Self::Value) + Send,
    {
        InspectValue::new(self, f)
    }

    /// Applies a function to the error.
    ///
    /// **Completes** with the value as it is, or with what `f` returns as the error.
    ///
    /// In C++26: `upon_error` that returns `just_error`. In futures: `map_err`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let failed = just_error::<(), _>(7).map_err(|code| format!("code {code}"));
    /// assert_eq!(block_on(failed), Completion::Error("code 7".to_owned()));
    /// ```
    #[inline]
    fn map_err<E2, F>(self, f: F) -> MapErr<Self, F>
    where
        F: FnMut(Self::Error) -> E2 + Send,
    {
        MapErr::new(self, f)
    }

    /// Makes a value of a pass that was stopped.
    ///
    /// **Completes** with the value as it is, or with what `f` returns if the pass was stopped, for
    /// whichever [`StopReason`] but [`StopReason::Panicked`].
    ///
    /// A running graph does not end then, not even when its source has: say so to the source.
    ///
    /// In C++26: `upon_stopped`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let odd = just(6).filter(|n| n % 2 == 1).upon_stopped(|_| -1);
    /// assert_eq!(block_on(odd), Completion::Value(-1));
    /// ```
    #[inline]
    fn upon_stopped<F>(self, f: F) -> UponStopped<Self, F>
    where
        F: FnMut(StopReason) -> Self::Value + Send,
    {
        UponStopped::new(self, f)
    }

    /// Uses the value up: the end of a graph.
    ///
    /// **Completes** with `()` once `f` has returned. Like every adaptor it takes part in *one*
    /// pass: `engine.run` makes pass after pass, `block_on` a single one, unless it is
    /// [repeated](Self::repeat).
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let mut sum = 0;
    /// assert_eq!(block_on(just(6).for_each(|n| sum += n)), Completion::Value(()));
    /// assert_eq!(sum, 6);
    /// ```
    #[inline]
    fn for_each<F>(self, f: F) -> ForEach<Self, F>
    where
        F: FnMut(Self::Value) + Send,
    {
        ForEach::new(self, f)
    }

    /// Goes to the context that [`on`](crate::on::on) names; what follows runs there.
    ///
    /// **Completes** as the sender before it: inside `start` if the pass is on that context
    /// already, else later, there. Values, errors and stops all travel. If the context has ended,
    /// as stopped with [`StopReason::Requested`].
    /// **Runs on** the context. Fused, a hop between different contexts gets an edge.
    /// **Costs**, plain, one posted task, and a wake if the context parks; no allocation: the value
    /// waits in the operation.
    ///
    /// In C++26: `continues_on`. Not to be confused with C++26's `then`, which is
    /// [`map`](Self::map) here.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    /// # use fusewire::context::Scheduler;
    ///
    /// fn priced(compute: impl Scheduler) -> impl Sender<Value = i32> {
    ///     just(6).then(on(compute)).map(|n| n * 7)
    /// }
    /// ```
    #[inline]
    fn then<C, L>(self, on: On<C, L>) -> Then<Self, C>
    where
        C: Scheduler,
        Self::Value: Send,
        Self::Error: Send,
    {
        Then::new(self, &on)
    }

    /// *Sequences*: runs the sender that `f` makes of the value. It does not join.
    ///
    /// **Completes** with what that second sender completes with. An error of the first turns into
    /// the error of the second, as with `?`; see [`IntoError`].
    /// **Runs** the second sender where the first completed, unless it has a home of its own.
    /// **Costs** no allocation: the second operation lives inside the first.
    ///
    /// In C++26: `let_value`. In futures: `then`, `and_then`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// fn twice(n: i32) -> impl Sender<Value = i32, Error = Never> {
    ///     just(n).map(|n| 2 * n)
    /// }
    /// assert_eq!(block_on(just(21).and(twice)), Completion::Value(42));
    /// ```
    #[inline]
    fn and<S2, F>(self, f: F) -> And<Self, F>
    where
        F: FnMut(Self::Value) -> S2 + Send,
        S2: Sender,
        Self::Error: IntoError<S2::Error>,
    {
        And::new(self, f)
    }
}

impl<S: Sender> SenderExt for S {}
