//! Senders that transform: the methods of every sender.
//!
//! An adaptor's function lives in the receiver that it hands to the sender before it, its
//! [`Link`](link::Link). Adaptors of one sender therefore add no operation of their own: a chain of
//! them is one operation, with the functions side by side in its receiver.

use crate::completion::{IntoError, JoinError, StopReason};
use crate::context::Scheduler;
use crate::function::{Looks, Makes, Maps, Mends, Moves, Picks, Steps, Takes, Tests, Tries};
use crate::on::On;
use crate::sender::Sender;
use crate::task::Task;

mod and;
mod batch;
mod either;
mod filter;
mod filter_map;
mod finally;
mod flat;
mod for_each;
mod fork;
mod fork3;
mod fork4;
mod inspect_error;
mod inspect_value;
mod into_result;
mod join;
pub mod link;
mod map;
mod map_err;
mod materialize;
mod or_else;
mod or_stopped;
mod outcome;
mod repeat;
mod retry;
mod route;
mod scan;
pub mod sequel;
mod sequence;
mod stopped_as;
mod then;
pub mod transform;
mod try_map;
mod unless_stop_requested;
mod upon_error;
mod upon_stopped;
mod widen;
mod with_env;

pub use and::{And, Sequencing};
pub use batch::{Batched, Batching};
pub use either::{Either, EitherOperation};
pub use filter::{Filter, Filtering};
pub use filter_map::{FilterMap, FilterMapping};
pub use finally::{Finally, FinallyReceiver, Kept};
pub use flat::{Flat3, Flat4, Flatten};
pub(crate) use flat::{flat3, flat4};
pub use for_each::{Consuming, ForEach};
pub use fork::{Fork, Forking};
pub use fork3::{Fork3, Forking3};
pub use fork4::{Fork4, Forking4};
pub use inspect_error::{InspectError, InspectingError};
pub use inspect_value::{InspectValue, Inspecting};
pub use into_result::{IntoResult, Reifying};
pub(crate) use join::arms;
pub use join::{FirstArm, Join, JoinOperation, SecondArm, join};
pub use map::{Map, Mapping};
pub use map_err::{ErrorMapping, MapErr};
pub use materialize::{Dematerialize, Dematerializing, Materialize, Materializing};
pub use or_else::{OrElse, Recovering};
pub use or_stopped::{OrStopped, Resuming};
pub use outcome::OutcomeExt;
pub use repeat::{Repeat, RepeatOperation, RepeatReceiver, Repetition, Times, Until};
pub use retry::{Attempts, Backoff, Retry, RetryOperation, RetryPolicy, RetryReceiver, Retrying};
pub use route::{Route, Routing};
pub use scan::{Scan, Scanning};
pub use sequence::{Sequence, SequenceReceiver};
pub use stopped_as::{Failing, Optional, StoppedAsError, StoppedAsNone};
pub use then::{HopReceiver, Then};
pub use try_map::{TryMap, TryMapping};
pub use unless_stop_requested::{UnlessStopRequested, UnlessStopRequestedOperation};
pub use upon_error::{MendingError, UponError};
pub use upon_stopped::{StoppedMapping, UponStopped};
pub use widen::{Earlier, Later, Widened};
pub use with_env::WithEnv;

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
    fn map<U, F: Maps<Self::Value, U, M> + Moves<F>, M>(self, f: F) -> Map<Self, F::Itself> {
        Map::new(self, f.itself())
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
    fn try_map<U, E2, F: Tries<Self::Value, U, E2, M> + Moves<F>, M>(self, f: F) -> TryMap<Self, F::Itself>
    where
        Self::Error: IntoError<E2>,
    {
        TryMap::new(self, f.itself())
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
    fn filter<F: Tests<Self::Value, M> + Moves<F>, M>(self, f: F) -> Filter<Self, F::Itself> {
        Filter::new(self, f.itself())
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
    fn filter_map<U, F: Picks<Self::Value, U, M> + Moves<F>, M>(self, f: F) -> FilterMap<Self, F::Itself> {
        FilterMap::new(self, f.itself())
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
    fn scan<T, U, F: Steps<T, Self::Value, U, M> + Moves<F>, M>(
        self,
        init: T,
        f: F,
    ) -> Scan<Self, T, F::Itself>
    where
        T: Send,
    {
        Scan::new(self, init, f.itself())
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
    fn inspect_value<F: Looks<Self::Value, M> + Moves<F>, M>(self, f: F) -> InspectValue<Self, F::Itself> {
        InspectValue::new(self, f.itself())
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
    fn map_err<E2, F: Maps<Self::Error, E2, M> + Moves<F>, M>(self, f: F) -> MapErr<Self, F::Itself> {
        MapErr::new(self, f.itself())
    }

    /// Makes a value of a pass that was stopped.
    ///
    /// **Completes** with the value as it is, or with what `f` returns if the pass was filtered out or
    /// asked to stop. The reasons that are [not the pass's](StopReason::is_of_the_pass) go past it: a
    /// source that has ended still ends the graph.
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
    fn for_each<F: Takes<Self::Value, M> + Moves<F>, M>(self, f: F) -> ForEach<Self, F::Itself> {
        ForEach::new(self, f.itself())
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
    /// **Completes** with what that second sender completes with. The errors of both are
    /// [joined](JoinError).
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
    #[rustfmt::skip]
    fn and<S2, U, E2, F: Makes<Self::Value, S2, U, E2, M> + Moves<F>, M>(self, f: F) -> And<Self, F::Itself>
    where
        Self::Error: JoinError<E2>,
    {
        And::new(self, f.itself())
    }

    /// Runs the sender that `f` makes of the error.
    ///
    /// **Completes** with the value as it is, or with what that second sender completes with.
    /// **Runs** the second sender where the first failed, unless it has a home of its own.
    /// **Costs** no allocation: the second operation lives inside the first.
    ///
    /// In C++26: `let_error`. In futures: `or_else`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let parsed = just("six").try_map(|text| text.parse::<i32>()).or_else(|_| just(0));
    /// assert_eq!(block_on(parsed), Completion::Value(0));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn or_else<S2, E2, F: Mends<Self::Value, Self::Error, S2, E2, M> + Moves<F>, M>(self, f: F) -> OrElse<Self, F::Itself> {
        OrElse::new(self, f.itself())
    }

    /// Runs one of two senders, chosen by the value.
    ///
    /// **Completes** as the sender that `first` makes of the value if `choose` says so, else as
    /// the one that `second` makes. The errors of all are [joined](JoinError).
    /// **Runs** that sender where this one completed.
    /// **Costs** no allocation: its operation lives inside this one.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let halved = just(84).route(|n| n % 2 == 0, |n| just(n / 2), |n| just(3 * n + 1));
    /// assert_eq!(block_on(halved), Completion::Value(42));
    /// ```
    #[inline]
    fn route<P, FA, FB, A, B>(self, choose: P, first: FA, second: FB) -> Route<Self, P, FA, FB>
    where
        P: FnMut(&Self::Value) -> bool + Send,
        FA: FnMut(Self::Value) -> A + Send,
        FB: FnMut(Self::Value) -> B + Send,
        A: Sender,
        B: Sender<Value = A::Value>,
        A::Error: JoinError<B::Error>,
        Self::Error: JoinError<<A::Error as JoinError<B::Error>>::Joined>,
    {
        Route::new(self, choose, first, second)
    }

    /// Gives the value to two arms, and goes on with what both make of it.
    ///
    /// **Completes** with the pair once both arms have completed; inside `start` if both do. The
    /// arms start in order, an arm that completes at once without a value keeps the later ones from
    /// starting, and the first one, in order, without a value decides. All errors are
    /// [joined](JoinError).
    /// **Runs on**, afterwards, the context where the last arm completed. Fused, arms that hop have
    /// lanes of their own, and meet on the context where the fork is, or where the hop leads that
    /// follows it at once.
    /// **Costs** one clone of the value, and no allocation: both arms live inside this operation.
    ///
    /// In C++26: `let_value` with `when_all`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let both = just(6).fork(|n| just(n).map(|n| n + 1), |n| just(n).map(|n| n * 7));
    /// assert_eq!(block_on(both), Completion::Value((7, 42)));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn fork<FA, FB, A: Sender<Value: Send, Error: Send>, B: Sender<Value: Send, Error: Send>>(self, first: FA, second: FB) -> Fork<Self, FA, FB>
    where
        Self::Value: Clone,
        FA: FnMut(Self::Value) -> A + Send,
        FB: FnMut(Self::Value) -> B + Send,
        A::Error: JoinError<B::Error>,
        Self::Error: JoinError<<A::Error as JoinError<B::Error>>::Joined>,
    {
        Fork::new(self, first, second)
    }

    /// Gives the value to three arms; see [`fork`](Self::fork).
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let all = just(6).fork3(just, |n| just(n).map(|n| n + 1), |n| just(n).map(|n| n * 7));
    /// assert_eq!(block_on(all), Completion::Value((6, 7, 42)));
    /// ```
    #[inline]
    fn fork3<FA, FB, FC, A, B, C>(self, first: FA, second: FB, third: FC) -> Fork3<Self, FA, FB, FC>
    where
        Self::Value: Clone,
        FA: FnMut(Self::Value) -> A + Send,
        FB: FnMut(Self::Value) -> B + Send,
        FC: FnMut(Self::Value) -> C + Send,
        A: Sender<Value: Send, Error: Send>,
        B: Sender<Value: Send, Error: Send>,
        C: Sender<Value: Send, Error: Send>,
        Flat3<A, B, C>: Sender<Value = (A::Value, B::Value, C::Value)>,
        Self::Error: JoinError<<Flat3<A, B, C> as Sender>::Error>,
    {
        Fork3::new(self, first, second, third)
    }

    /// Gives the value to four arms; see [`fork`](Self::fork).
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let all = just(6).fork4(just, just, |n| just(n).map(|n| n + 1), |n| just(n).map(|n| n * 7));
    /// assert_eq!(block_on(all), Completion::Value((6, 6, 7, 42)));
    /// ```
    #[inline]
    fn fork4<FA, FB, FC, FD, A, B, C, D>(
        self,
        first: FA,
        second: FB,
        third: FC,
        fourth: FD,
    ) -> Fork4<Self, FA, FB, FC, FD>
    where
        Self::Value: Clone,
        FA: FnMut(Self::Value) -> A + Send,
        FB: FnMut(Self::Value) -> B + Send,
        FC: FnMut(Self::Value) -> C + Send,
        FD: FnMut(Self::Value) -> D + Send,
        A: Sender<Value: Send, Error: Send>,
        B: Sender<Value: Send, Error: Send>,
        C: Sender<Value: Send, Error: Send>,
        D: Sender<Value: Send, Error: Send>,
        Flat4<A, B, C, D>: Sender<Value = (A::Value, B::Value, C::Value, D::Value)>,
        Self::Error: JoinError<<Flat4<A, B, C, D> as Sender>::Error>,
    {
        Fork4::new(self, first, second, third, fourth)
    }

    /// *Joins* another sender: the pass has both values.
    ///
    /// As [`join`](crate::adaptors::join()) does with `self` as the first.
    /// **Runs on**, afterwards, the context where the last one completed. Fused, two that hop or wait
    /// have lanes of their own, and meet on the context where `self` is.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// assert_eq!(block_on(just(6).join(just('x'))), Completion::Value((6, 'x')));
    /// ```
    #[inline]
    fn join<B>(self, other: B) -> Join<Self, B>
    where
        Self: Sender<Value: Send, Error: Send>,
        B: Sender<Value: Send, Error: Send>,
        Self::Error: JoinError<B::Error>,
    {
        join(self, other)
    }

    /// Gathers the values of `N` passes into one [`Batch`](crate::batch::Batch).
    ///
    /// **Completes** with the batch at every `N`th value, and as stopped with
    /// [`StopReason::Filtered`] at those before. When the source has ended, or the graph is
    /// [drained](crate::control::Stop::Drain), the values that are left make a last, smaller batch; the
    /// pass after that ends. An error or another stop goes
    /// past the values gathered so far, which stay for the next pass.
    /// **Costs** no allocation: the values are gathered in the operation. `N` is at least one; zero
    /// does not compile.
    ///
    /// In futures: `chunks`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let mut batches = Vec::new();
    /// let gather = from_iter(1..=5).batch::<2>().for_each(|batch| batches.push(batch.to_vec()));
    /// let _ = block_on(gather.repeat(3));
    /// assert_eq!(batches, [vec![1, 2], vec![3, 4], vec![5]]);
    /// ```
    #[inline]
    fn batch<const N: usize>(self) -> Batched<Self, N>
    where
        Self::Value: Send,
    {
        Batched::new(self)
    }

    /// Runs passes back to back until `times` of them have made a value; all of it is one pass.
    ///
    /// **Completes** with the last value, inside `start` if all of them do. Filtered passes do not
    /// count. An error and any other stop end the repetition, and the whole completes so; with zero
    /// `times` nothing is started, and the whole is stopped with [`StopReason::Ended`].
    /// **Runs** each pass where the one before it completed.
    /// **Costs** constant stack, and one posted task for each pass that completes later.
    ///
    /// # Stopping
    ///
    /// The stop token is asked after each pass.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// assert_eq!(block_on(from_iter(1..).repeat(42)), Completion::Value(42));
    /// ```
    #[inline]
    fn repeat(self, times: u64) -> Repeat<Self, Times> {
        Repeat::new(self, Times::new(times))
    }

    /// Runs passes back to back until `is_last` is true of a value; all of it is one pass.
    ///
    /// **Completes** with that value; for the rest see [`repeat`](Self::repeat).
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let large = from_iter(1..).map(|n| n * n).repeat_until(|n| *n > 1000);
    /// assert_eq!(block_on(large), Completion::Value(1024));
    /// ```
    #[inline]
    fn repeat_until<F>(self, is_last: F) -> Repeat<Self, Until<F>>
    where
        F: FnMut(&Self::Value) -> bool + Send,
    {
        Repeat::new(self, Until::new(is_last))
    }

    /// Hides the type of this sender behind one that says only what it makes.
    ///
    /// For the interfaces of libraries. It ends a chain: what follows is another sender's.
    /// **Costs** one allocation, ever; see [`Task`].
    ///
    /// In futures: `boxed`.
    #[inline]
    fn into_task(self) -> Task<Self::Value, Self::Error>
    where
        Self: Send + 'static,
    {
        Task::new(self)
    }
}

impl<S: Sender> SenderExt for S {}
