//! Senders that transform: the methods of every sender.
//!
//! An adaptor's function lives in the receiver that it hands to the sender before it, its
//! [`Link`](link::Link). Adaptors of one sender therefore add no operation of their own: a chain of
//! them is one operation, with the functions side by side in its receiver.
//!
//! The methods stand in one file, because they are those of one trait: a chain of traits would cost each user an import, and each message of
//! the compiler the name of the trait that its method is of.

use std::marker::PhantomData;

use crate::completion::JoinError;
use crate::condition::{
    Alike, Crosses, Crossing, FailingTogether, Following, Follows, Joining, Joins, Keeping, Keeps, SameAs,
    Splits, Splitting,
};
use crate::context::Scheduler;
use crate::function::{
    IsSender, Looks, Makes, Maps, Mends, Moves, Picks, Resumes, Sends, Steps, Takes, Tests, Tries,
};
use crate::on::On;
use crate::sender::Sender;
use crate::task::Task;

mod and;
mod batch;
mod broadcast;
mod bulk;
mod debounce;
mod either;
mod filter;
mod filter_map;
mod finally;
mod flat;
mod for_each;
mod fork;
mod fork3;
mod fork4;
mod gather;
mod inspect_error;
mod inspect_value;
mod into_result;
mod join;
pub mod link;
mod linked_stop;
mod map;
mod map_err;
mod materialize;
mod merge;
mod merge_each;
mod or_else;
mod or_stopped;
mod outcome;
mod race;
mod repeat;
mod retry;
mod route;
mod scan;
pub mod sequel;
mod sequence;
mod shard;
mod split;
mod stop_when;
mod stopped_as;
mod take;
mod then;
mod timeout;
pub mod transform;
mod try_map;
mod unless_stop_requested;
mod upon_error;
mod upon_stopped;
mod when_all;
mod when_any;
mod widen;
mod with_env;

pub use and::{And, Sequencing};
pub use batch::{Batched, Batching};
pub(crate) use broadcast::every;
pub use broadcast::{
    AllEnded, Broadcast, Broadcast3, Broadcast4, Broadcasting, Broadcasting3, Broadcasting4, Ending, Every,
};
pub use bulk::{Bulk, BulkExt, Bulking, Elements, Ended, Indices, Parts, Ranges, Shape, Verdict};
pub use debounce::{Debounce, Debouncing, Quiet};
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
pub use gather::{Arrives, Gather, GatherOperation, Gathered, Hub, Port};
pub use inspect_error::{InspectError, InspectingError};
pub use inspect_value::{InspectValue, Inspecting};
pub use into_result::{IntoResult, Reifying};
pub(crate) use join::arms;
pub use join::{FirstArm, Join, JoinOperation, SecondArm, join};
pub use linked_stop::{Arms, LinkedReceiver, LinkedStop, LinkedStopOperation};
pub use map::{Map, Mapping};
pub use map_err::{ErrorMapping, MapErr};
pub use materialize::{Dematerialize, Dematerializing, Materialize, Materializing};
pub use merge::{
    ByPriority, InTurns, Merge, Merged, Merging, Order, Partner, Side, merge, merge_by_priority, merge3,
    merge4,
};
pub use merge_each::{Each, MergeEach, MergingEach};
pub use or_else::{OrElse, Recovering};
pub use or_stopped::{OrStopped, Resuming};
pub use outcome::OutcomeExt;
pub use race::{FirstRacer, Judge, Race, RaceOperation, SecondRacer};
pub use repeat::{Repeat, RepeatOperation, RepeatReceiver, Repetition, Times, Until};
pub use retry::{Attempts, Backoff, Retry, RetryOperation, RetryPolicy, RetryReceiver, Retrying};
pub use route::{Route, Routing};
pub use scan::{Scan, Scanning};
pub use sequence::{Sequence, SequenceReceiver};
pub use shard::{AtShard, Entrusted, InArm, Shard, ShardKey, Shards, spread};
pub use split::{Share, Sharer, SharerOperation, Sharing, Split, SplitReceiver, share, split};
pub use stop_when::{StopWhen, TheSender, Triggered};
pub use stopped_as::{Failing, Optional, StoppedAsError, StoppedAsNone};
pub use take::{Take, TakeOperation, TakeReceiver, TakeWhile, Taking};
pub use then::{HopReceiver, Then};
pub use timeout::{Clock, ClockOperation, Elapsed, InTime, Timed, Timeout};
pub use try_map::{TryMap, TryMapping};
pub use unless_stop_requested::{UnlessStopRequested, UnlessStopRequestedOperation};
pub use upon_error::{MendingError, UponError};
pub use upon_stopped::{StoppedMapping, UponStopped};
pub use when_all::{
    Alarm, AllOf, AllOf3, AllOf4, Watched, WhenAll, WhenAll3, WhenAll4, when_all, when_all3, when_all4,
};
pub use when_any::{AnyOf, FirstComes, WhenAny, when_any};
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
    /// `E2`, as with `?`; see [`IntoError`](crate::completion::IntoError).
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
    #[rustfmt::skip]
    fn try_map<U, E0, E2, F: Tries<Self::Value, U, E2, M> + Moves<F>, M, N>(self, f: F) -> TryMap<Following<E0, E2, N, Self>, F::Itself> where Self: Sender<Error = E0>, PhantomData<E0>: Follows<E0, E2, N> {
        TryMap::new(<PhantomData<E0> as Follows<E0, E2, N>>::hold(self), f.itself())
    }

    /// Lets a value through if `f` says so.
    ///
    /// **Completes** with the value, or as stopped with
    /// [`StopReason::Filtered`](crate::completion::StopReason::Filtered); a running graph then goes on with its next pass.
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
    /// [`StopReason::Filtered`](crate::completion::StopReason::Filtered); a running graph then goes on with its next pass.
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
    #[rustfmt::skip]
    fn scan<T, U, F: Steps<T, Self::Value, U, M> + Moves<F>, M, N>(self, init: T, f: F) -> Scan<Keeping<T, N, Self>, Keeping<T, N, T>, Keeping<T, N, F::Itself>> where PhantomData<T>: Keeps<T, N> {
        let (sender, init) = (<PhantomData<T> as Keeps<T, N>>::hold(self), <PhantomData<T> as Keeps<T, N>>::hold(init));
        Scan::new(sender, init, <PhantomData<T> as Keeps<T, N>>::hold(f.itself()))
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
    /// asked to stop. The reasons that are [not the pass's](crate::completion::StopReason::is_of_the_pass) go past it: a
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
    #[rustfmt::skip]
    fn upon_stopped<F: Resumes<Self::Value, M> + Moves<F>, M>(self, f: F) -> UponStopped<Self, F::Itself> {
        UponStopped::new(self, f.itself())
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
    /// as stopped with [`StopReason::Requested`](crate::completion::StopReason::Requested).
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
    #[rustfmt::skip]
    fn then<C: Scheduler, K, V, E, M, N>(self, on: On<C, K>) -> Then<Crossing<V, M, Crossing<E, N, Self>>, C> where Self: Sender<Value = V, Error = E>, PhantomData<V>: Crosses<V, M>, PhantomData<E>: Crosses<E, N> {
        Then::new(<PhantomData<V> as Crosses<V, M>>::hold(<PhantomData<E> as Crosses<E, N>>::hold(self)), &on)
    }

    /// *Sequences*: runs the sender that `f` makes of the value. It does not join.
    ///
    /// **Completes** with what that second sender completes with. The errors of both are
    /// [joined](crate::completion::JoinError).
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
    fn and<S2, U, E0, E2, F: Makes<Self::Value, S2, U, E2, M> + Moves<F>, M, N>(self, f: F) -> And<Joining<E0, E2, N, Self>, F::Itself> where Self: Sender<Error = E0>, PhantomData<E0>: Joins<E0, E2, N> {
        And::new(<PhantomData<E0> as Joins<E0, E2, N>>::hold(self), f.itself())
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
    /// the one that `second` makes. The errors of all are [joined](crate::completion::JoinError).
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
    #[expect(clippy::type_complexity, reason = "each condition wraps the type of the sender that there is only if it holds")]
    #[rustfmt::skip]
    fn route<P: Tests<Self::Value, M> + Moves<P>, FA: Makes<Self::Value, A, U, EA, MA> + Moves<FA>, FB: Makes<Self::Value, B, UB, EB, MB> + Moves<FB>, A, B, U, UB, E, EA, EB, M, MA, MB, MU, ME, MF>(self, choose: P, first: FA, second: FB) -> Route<Alike<U, UB, MU, Joining<E, FailingTogether<EA, EB, ME>, MF, Self>>, P::Itself, FA::Itself, Alike<U, UB, MU, FB::Itself>> where Self: Sender<Error = E>, PhantomData<U>: SameAs<U, UB, MU>, PhantomData<EA>: Joins<EA, EB, ME>, PhantomData<E>: Joins<E, FailingTogether<EA, EB, ME>, MF> {
        let sender = <PhantomData<E> as Joins<E, FailingTogether<EA, EB, ME>, MF>>::hold(self);
        let sender = <PhantomData<U> as SameAs<U, UB, MU>>::hold(sender);
        let second = <PhantomData<U> as SameAs<U, UB, MU>>::hold(second.itself());
        Route::new(sender, choose.itself(), first.itself(), second)
    }

    /// Gives the value to two arms, and goes on with what both make of it.
    ///
    /// **Completes** with the pair once both arms have completed; inside `start` if both do. The
    /// arms start in order, an arm that completes at once without a value keeps the later ones from
    /// starting, and the first one, in order, without a value decides. All errors are
    /// [joined](crate::completion::JoinError).
    /// **Runs on**, afterwards, the context where the last arm completed. Fused, arms that hop have
    /// lanes of their own, and meet on the context where the fork is, or where the hop leads that
    /// follows it at once.
    /// **Costs** one clone of the value, and no allocation: both arms live inside this operation.
    ///
    /// An arm begins anew with each value: what a stage in it remembers, as that of `skip(3)` does, it forgets with the pass. Fused, two
    /// things differ: a closure that is written in an arm is one for all passes, with what it captured; and an arm that is not a closure but
    /// an expression which makes one is made for each value where some arm waits and none hops.
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
    fn fork<FA: Sends<Self::Value, A, UA, EA, MA> + Moves<FA>, FB: Sends<Self::Value, B, UB, EB, MB> + Moves<FB>, A, B, UA, UB, V, E, EA, EB, M, MA, MB, ME, MF>(self, first: FA, second: FB) -> Fork<Splitting<V, M, Joining<E, FailingTogether<EA, EB, ME>, MF, Self>>, FA::Itself, FB::Itself> where Self: Sender<Value = V, Error = E>, PhantomData<V>: Splits<V, M>, PhantomData<EA>: Joins<EA, EB, ME>, PhantomData<E>: Joins<E, FailingTogether<EA, EB, ME>, MF> {
        let sender = <PhantomData<E> as Joins<E, FailingTogether<EA, EB, ME>, MF>>::hold(self);
        Fork::new(<PhantomData<V> as Splits<V, M>>::hold(sender), first.itself(), second.itself())
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
    #[expect(clippy::type_complexity, reason = "each condition wraps the type of the sender that there is only if it holds")]
    #[rustfmt::skip]
    fn fork3<FA: Sends<Self::Value, A, UA, EA, MA> + Moves<FA>, FB: Sends<Self::Value, B, UB, EB, MB> + Moves<FB>, FC: Sends<Self::Value, C, UC, EC, MC> + Moves<FC>, A, B, C, UA, UB, UC, V, E, EA, EB, EC, M, MA, MB, MC, ME, MF, MG>(self, first: FA, second: FB, third: FC) -> Fork3<Splitting<V, M, Joining<E, FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, MG, Self>>, FA::Itself, FB::Itself, FC::Itself> where Self: Sender<Value = V, Error = E>, PhantomData<V>: Splits<V, M>, PhantomData<EA>: Joins<EA, EB, ME>, PhantomData<FailingTogether<EA, EB, ME>>: Joins<FailingTogether<EA, EB, ME>, EC, MF>, PhantomData<E>: Joins<E, FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, MG> {
        let sender = <PhantomData<E> as Joins<E, FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, MG>>::hold(self);
        Fork3::new(<PhantomData<V> as Splits<V, M>>::hold(sender), first.itself(), second.itself(), third.itself())
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
    #[expect(clippy::type_complexity, reason = "each condition wraps the type of the sender that there is only if it holds")]
    #[rustfmt::skip]
    fn fork4<FA: Sends<Self::Value, A, UA, EA, MA> + Moves<FA>, FB: Sends<Self::Value, B, UB, EB, MB> + Moves<FB>, FC: Sends<Self::Value, C, UC, EC, MC> + Moves<FC>, FD: Sends<Self::Value, D, UD, ED, MD> + Moves<FD>, A, B, C, D, UA, UB, UC, UD, V, E, EA, EB, EC, ED, M, MA, MB, MC, MD, ME, MF, MG, MH>(self, first: FA, second: FB, third: FC, fourth: FD) -> Fork4<Splitting<V, M, Joining<E, FailingTogether<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, ED, MG>, MH, Self>>, FA::Itself, FB::Itself, FC::Itself, FD::Itself> where Self: Sender<Value = V, Error = E>, PhantomData<V>: Splits<V, M>, PhantomData<EA>: Joins<EA, EB, ME>, PhantomData<FailingTogether<EA, EB, ME>>: Joins<FailingTogether<EA, EB, ME>, EC, MF>, PhantomData<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>>: Joins<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, ED, MG>, PhantomData<E>: Joins<E, FailingTogether<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, ED, MG>, MH> {
        let sender = <PhantomData<E> as Joins<E, FailingTogether<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, ED, MG>, MH>>::hold(self);
        Fork4::new(<PhantomData<V> as Splits<V, M>>::hold(sender), first.itself(), second.itself(), third.itself(), fourth.itself())
    }

    /// Gives the value to two arms, each of which ends by itself: nothing of them is joined.
    ///
    /// **Completes** with `()` once both arms have completed; inside `start` if both do. Every arm sees every value: one that
    /// filters it out has ended too, and one that fails keeps no other from it. The first arm, in order, that has ended the graph
    /// or failed decides; all errors are [joined](crate::completion::JoinError).
    /// **Runs on**, afterwards, the context where the last arm completed. Fused, it is the end of a graph: arms that hop have lanes
    /// of their own and run free of each other, held back by nothing but their own edges. So the edge to an arm may have a
    /// policy that loses values, and then a slow arm holds up none of the others. A pass counts as completed there once each
    /// arm, or its edge, has been given its value, and what fails first in time decides, as the arms no longer meet.
    /// **Costs** one clone of the value, and no allocation: both arms live inside this operation.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    /// use fusewire::prelude::*;
    ///
    /// static SUM: AtomicU64 = AtomicU64::new(0);
    /// static EVENS: AtomicU64 = AtomicU64::new(0);
    /// let all = from_iter(1..=4).broadcast(
    ///     |n| just(n).for_each(|n| { SUM.fetch_add(n, Relaxed); }),
    ///     |n| just(n).filter(|n| n % 2 == 0).for_each(|_| { EVENS.fetch_add(1, Relaxed); }),
    /// );
    /// assert_eq!(block_on(all.repeat(4)), Completion::Value(()));
    /// assert_eq!((SUM.load(Relaxed), EVENS.load(Relaxed)), (10, 2));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn broadcast<FA: Sends<Self::Value, A, UA, EA, MA> + Moves<FA>, FB: Sends<Self::Value, B, UB, EB, MB> + Moves<FB>, A, B, UA, UB, V, E, EA, EB, M, MA, MB, ME, MF>(self, first: FA, second: FB) -> Broadcast<Splitting<V, M, Joining<E, FailingTogether<EA, EB, ME>, MF, Self>>, FA::Itself, FB::Itself> where Self: Sender<Value = V, Error = E>, PhantomData<V>: Splits<V, M>, PhantomData<EA>: Joins<EA, EB, ME>, PhantomData<E>: Joins<E, FailingTogether<EA, EB, ME>, MF> {
        let sender = <PhantomData<E> as Joins<E, FailingTogether<EA, EB, ME>, MF>>::hold(self);
        Broadcast::new(<PhantomData<V> as Splits<V, M>>::hold(sender), first.itself(), second.itself())
    }

    /// Gives the value to three arms that end by themselves; see [`broadcast`](Self::broadcast).
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let all = just(6).broadcast3(|n| just(n).filter(|n| *n > 6), |n| just(n).map(|n| n * 7), just);
    /// assert_eq!(block_on(all), Completion::Value(()));
    /// ```
    #[inline]
    #[expect(clippy::type_complexity, reason = "each condition wraps the type of the sender that there is only if it holds")]
    #[rustfmt::skip]
    fn broadcast3<FA: Sends<Self::Value, A, UA, EA, MA> + Moves<FA>, FB: Sends<Self::Value, B, UB, EB, MB> + Moves<FB>, FC: Sends<Self::Value, C, UC, EC, MC> + Moves<FC>, A, B, C, UA, UB, UC, V, E, EA, EB, EC, M, MA, MB, MC, ME, MF, MG>(self, first: FA, second: FB, third: FC) -> Broadcast3<Splitting<V, M, Joining<E, FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, MG, Self>>, FA::Itself, FB::Itself, FC::Itself> where Self: Sender<Value = V, Error = E>, PhantomData<V>: Splits<V, M>, PhantomData<EA>: Joins<EA, EB, ME>, PhantomData<FailingTogether<EA, EB, ME>>: Joins<FailingTogether<EA, EB, ME>, EC, MF>, PhantomData<E>: Joins<E, FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, MG> {
        let sender = <PhantomData<E> as Joins<E, FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, MG>>::hold(self);
        Broadcast3::new(<PhantomData<V> as Splits<V, M>>::hold(sender), first.itself(), second.itself(), third.itself())
    }

    /// Gives the value to four arms that end by themselves; see [`broadcast`](Self::broadcast).
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let all = just(6).broadcast4(|n| just(n).filter(|n| *n > 6), |n| just(n).map(|n| n * 7), just, just);
    /// assert_eq!(block_on(all), Completion::Value(()));
    /// ```
    #[inline]
    #[expect(clippy::type_complexity, reason = "each condition wraps the type of the sender that there is only if it holds")]
    #[rustfmt::skip]
    fn broadcast4<FA: Sends<Self::Value, A, UA, EA, MA> + Moves<FA>, FB: Sends<Self::Value, B, UB, EB, MB> + Moves<FB>, FC: Sends<Self::Value, C, UC, EC, MC> + Moves<FC>, FD: Sends<Self::Value, D, UD, ED, MD> + Moves<FD>, A, B, C, D, UA, UB, UC, UD, V, E, EA, EB, EC, ED, M, MA, MB, MC, MD, ME, MF, MG, MH>(self, first: FA, second: FB, third: FC, fourth: FD) -> Broadcast4<Splitting<V, M, Joining<E, FailingTogether<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, ED, MG>, MH, Self>>, FA::Itself, FB::Itself, FC::Itself, FD::Itself> where Self: Sender<Value = V, Error = E>, PhantomData<V>: Splits<V, M>, PhantomData<EA>: Joins<EA, EB, ME>, PhantomData<FailingTogether<EA, EB, ME>>: Joins<FailingTogether<EA, EB, ME>, EC, MF>, PhantomData<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>>: Joins<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, ED, MG>, PhantomData<E>: Joins<E, FailingTogether<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, ED, MG>, MH> {
        let sender = <PhantomData<E> as Joins<E, FailingTogether<FailingTogether<FailingTogether<EA, EB, ME>, EC, MF>, ED, MG>, MH>>::hold(self);
        Broadcast4::new(<PhantomData<V> as Splits<V, M>>::hold(sender), first.itself(), second.itself(), third.itself(), fourth.itself())
    }

    /// Gives the value to one of `N` copies of an arm, each on its own context, chosen by a key of the value.
    ///
    /// `make` makes the arm of each shard from its number, once: what an arm captures is the shard's own, and stays from value to
    /// value. `key` says what a value belongs to: values of one key go to one shard, the same in every run and on every machine
    /// ([`ShardKey`]); [`AtShard`] names one by its number.
    ///
    /// **Completes** as the sender that the arm makes of the value. The errors of both are
    /// [joined](crate::completion::JoinError).
    /// **Runs on** the shard's context, also afterwards. Fused, each shard has a lane of its own, and its values wait in an edge for it
    /// alone; behind the shards a pass is where it was before, and passes go on in the order in which they came: see
    /// [`shard_unordered`](Self::shard_unordered). A value is taken only when every shard has room, since its key is not known
    /// before. In an arm of a `fork` that hops the shards are made once, fused, and with each value, plain.
    /// **Costs** no allocation; fused, one edge there, one back, and the number of the shard on a third.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    /// # use fusewire::context::inline::Inline;
    /// # let (left, right) = (Inline::new(), Inline::new());
    ///
    /// let counts = from_iter([3u64, 5, 3, 3]).shard(|key| *key, [left, right], |_shard| {
    ///     let mut seen = [0; 8];
    ///     move |key: u64| {
    ///         seen[key as usize] += 1;
    ///         just(seen[key as usize])
    ///     }
    /// });
    /// assert_eq!(block_on(counts.repeat(4)), Completion::Value(3));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn shard<const N: usize, F: FnMut(&Self::Value) -> K + Send, K: ShardKey, C: Scheduler, G: FnMut(usize) -> A, A: FnMut(Self::Value) -> S2 + Send, S2: Sender<Error = E2>, E2>(self, key: F, on: [C; N], make: G) -> Shard<Self, F, K, C, A, N> where Self::Value: Send, Self::Error: JoinError<E2> {
        Shard::new(self, Shards::new(key, on, make))
    }

    /// As [`shard`](Self::shard); fused, passes go on behind the shards as they come out of them, in turns.
    ///
    /// Values of one key keep their order. No shard waits for another, but for its room in front.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::adaptors::AtShard;
    /// use fusewire::prelude::*;
    /// # use fusewire::context::inline::Inline;
    /// # let (left, right) = (Inline::new(), Inline::new());
    ///
    /// let shards = from_iter(0..4).shard_unordered(|n| AtShard(*n), [left, right], |shard| move |_| just(shard));
    /// assert_eq!(block_on(shards.scan(0, |sum, shard| { *sum += shard; *sum }).repeat(4)), Completion::Value(2));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn shard_unordered<const N: usize, F: FnMut(&Self::Value) -> K + Send, K: ShardKey, C: Scheduler, G: FnMut(usize) -> A, A: FnMut(Self::Value) -> S2 + Send, S2: Sender<Error = E2>, E2>(self, key: F, on: [C; N], make: G) -> Shard<Self, F, K, C, A, N> where Self::Value: Send, Self::Error: JoinError<E2> {
        Shard::new(self, Shards::new(key, on, make))
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
    #[expect(clippy::type_complexity, reason = "each condition wraps the type of the sender that there is only if it holds")]
    #[rustfmt::skip]
    fn join<B: IsSender<U, E2, M>, U, V, E, E2, M, MV, ME, MU, MW, MF>(self, other: B) -> Join<Crossing<V, MV, Crossing<E, ME, Joining<E, E2, MF, Self>>>, Crossing<U, MU, Crossing<E2, MW, B::Itself>>> where Self: Sender<Value = V, Error = E>, PhantomData<U>: Crosses<U, MU>, PhantomData<V>: Crosses<V, MV>, PhantomData<E>: Crosses<E, ME> + Joins<E, E2, MF>, PhantomData<E2>: Crosses<E2, MW> {
        let first = <PhantomData<E> as Joins<E, E2, MF>>::hold(self);
        let first = <PhantomData<V> as Crosses<V, MV>>::hold(<PhantomData<E> as Crosses<E, ME>>::hold(first));
        let second = <PhantomData<E2> as Crosses<E2, MW>>::hold(other.itself());
        join(first, <PhantomData<U> as Crosses<U, MU>>::hold(second))
    }

    /// Gathers the values of `N` passes into one [`Batch`](crate::batch::Batch).
    ///
    /// **Completes** with the batch at every `N`th value, and as stopped with
    /// [`StopReason::Filtered`](crate::completion::StopReason::Filtered) at those before. When the source has ended, or the graph is
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
    /// `times` nothing is started, and the whole is stopped with [`StopReason::Ended`](crate::completion::StopReason::Ended).
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
    fn repeat_until<F: Tests<Self::Value, M> + Moves<F>, M>(
        self,
        is_last: F,
    ) -> Repeat<Self, Until<F::Itself>> {
        Repeat::new(self, Until::new(is_last.itself()))
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
