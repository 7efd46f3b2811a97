//! The adaptors that deal with how a pass ends, in method form.

use std::marker::PhantomData;
use std::time::{Duration, Instant};

use crate::adaptors::debounce::{Debounce, Quiet};
use crate::adaptors::finally::Finally;
use crate::adaptors::inspect_error::{InspectError, InspectingError};
use crate::adaptors::into_result::{IntoResult, Reifying};
use crate::adaptors::linked_stop::LinkedStop;
use crate::adaptors::materialize::{Dematerialize, Dematerializing, Materialize, Materializing};
use crate::adaptors::merge_each::{Each, MergeEach};
use crate::adaptors::or_stopped::OrStopped;
use crate::adaptors::retry::{Attempts, Retrying};
use crate::adaptors::sequence::Sequence;
use crate::adaptors::stop_when::{StopWhen, Triggered};
use crate::adaptors::stopped_as::{Failing, Optional, StoppedAsError, StoppedAsNone};
use crate::adaptors::take::{Take, TakeWhile, Taking};
use crate::adaptors::timeout::{Clock, Timed, Timeout};
use crate::adaptors::transform::Transformed;
use crate::adaptors::unless_stop_requested::UnlessStopRequested;
use crate::adaptors::upon_error::{MendingError, UponError};
use crate::adaptors::with_env::WithEnv;
use crate::condition::{Completes, Completing, Crosses, Crossing, Joining, Joins};
use crate::env::Env;
use crate::function::{
    Accuses, Cleans, Continues, Decides, Furnishes, IsLater, Looks, Makes, Moves, Replaces,
};
use crate::sender::Sender;
use crate::stop::StopToken;

/// What can be done about errors and stops, as methods of every sender.
///
/// As with [`SenderExt`](crate::adaptors::SenderExt) nothing here allocates or runs anything. A stop that
/// is about the whole graph ([`StopReason::is_of_the_pass`](crate::completion::StopReason::is_of_the_pass) says which) goes past all of them.
/// In `fuse!` each takes the chain before it as one machine: see `docs/decisions.md`.
pub trait OutcomeExt: Sender {
    /// Makes a value of an error.
    ///
    /// **Completes** with the value as it is, or with what `f` makes of the error; it cannot fail.
    ///
    /// C++26: `upon_error`.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let length = just("seven").try_map(str::parse::<i32>).upon_error(|_| -1);
    /// assert_eq!(block_on(length), Completion::Value(-1));
    /// ```
    #[inline]
    fn upon_error<F: Replaces<Self::Error, Self::Value, M> + Moves<F>, M>(
        self,
        f: F,
    ) -> UponError<Self, F::Itself> {
        Transformed::new(self, MendingError::new(f.itself()))
    }

    /// Looks at an error and lets it go on.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let mut seen = None;
    /// let _ = block_on(just_error::<(), _>("no feed").inspect_error(|error| seen = Some(*error)));
    /// assert_eq!(seen, Some("no feed"));
    /// ```
    #[inline]
    fn inspect_error<F: Looks<Self::Error, M> + Moves<F>, M>(self, f: F) -> InspectError<Self, F::Itself> {
        Transformed::new(self, InspectingError::new(f.itself()))
    }

    /// Makes value and error one value.
    ///
    /// **Completes** with `Ok` of the value or `Err` of the error, or as stopped; it cannot fail.
    ///
    /// stdexec: `into_variant` and `stopped_as_*` come closest.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let result = just_error::<i32, _>("no feed").into_result();
    /// assert_eq!(block_on(result), Completion::Value(Err("no feed")));
    /// ```
    #[inline]
    fn into_result(self) -> IntoResult<Self> {
        Transformed::new(self, Reifying)
    }

    /// Makes `None` of a pass that was filtered out or asked to stop, and `Some` of a value.
    ///
    /// C++26: `stopped_as_optional`.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// assert_eq!(block_on(just(6).filter(|n| n % 2 == 1).stopped_as_none()), Completion::Value(None));
    /// ```
    #[inline]
    fn stopped_as_none(self) -> StoppedAsNone<Self> {
        Transformed::new(self, Optional)
    }

    /// Makes an error of a pass that was filtered out or asked to stop.
    ///
    /// C++26: `stopped_as_error`.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let odd = just(6).filter(|n| n % 2 == 1).stopped_as_error(|_| "even");
    /// assert_eq!(block_on(odd), Completion::Error("even"));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn stopped_as_error<E0, E2, F: Accuses<E2, M> + Moves<F>, M, N>(self, f: F) -> StoppedAsError<Joining<E0, E2, N, Self>, F::Itself> where Self: Sender<Error = E0>, PhantomData<E0>: Joins<E0, E2, N> {
        Transformed::new(<PhantomData<E0> as Joins<E0, E2, N>>::hold(self), Failing::new(f.itself()))
    }

    /// Makes the whole completion the value.
    ///
    /// stdexec: `materialize`.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let completion = just_error::<i32, _>("no feed").materialize();
    /// assert_eq!(block_on(completion), Completion::Value(Completion::Error("no feed")));
    /// ```
    #[inline]
    fn materialize(self) -> Materialize<Self> {
        Transformed::new(self, Materializing)
    }

    /// Completes as the completion says that is the value: takes [`materialize`](Self::materialize) back.
    ///
    /// stdexec: `dematerialize`.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let again = just_error::<i32, _>("no feed").materialize().dematerialize();
    /// assert_eq!(block_on(again), Completion::Error("no feed"));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn dematerialize<V, E, M>(self) -> Dematerialize<Completing<V, E, M, Self>> where Self: Sender<Value = V, Error = E>, PhantomData<V>: Completes<V, E, M> {
        Transformed::new(<PhantomData<V> as Completes<V, E, M>>::hold(self), Dematerializing)
    }

    /// Goes on with a second sender when the pass was filtered out or asked to stop.
    ///
    /// **Completes** as the sender before, or as the one that `f` makes. That one is asked to stop as well
    /// if the first was: put [`unstoppable`](Self::unstoppable) behind it if it is to work nevertheless.
    ///
    /// C++26: `let_stopped`.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let odd = just(6).filter(|n| n % 2 == 1).or_stopped(|_| just(7));
    /// assert_eq!(block_on(odd), Completion::Value(7));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn or_stopped<S2, F: Continues<Self::Value, Self::Error, S2, M> + Moves<F>, M>(self, f: F) -> OrStopped<Self, F::Itself> {
        OrStopped::new(self, f.itself())
    }

    /// Runs another sender when this one has a value, and drops that value.
    ///
    /// **Completes** as `second`, or with the error or stop of the first. Both are connected once, however
    /// often the graph repeats; [`and`](crate::adaptors::SenderExt::and) makes the second of the value.
    ///
    /// stdexec: `sequence`.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// assert_eq!(block_on(just("log on").sequence(just(42))), Completion::Value(42));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn sequence<B: IsLater<U, E2, M>, U, E, E2, M, N>(self, second: B) -> Sequence<Joining<E, E2, N, Self>, B::Itself> where Self: Sender<Error = E>, PhantomData<E>: Joins<E, E2, N> {
        Sequence::new(<PhantomData<E> as Joins<E, E2, N>>::hold(self), second.itself())
    }

    /// Runs a cleanup after the pass, however that ended, and then completes as the pass did.
    ///
    /// **Completes** as the sender before, once the sender that `cleanup` makes has completed. That one
    /// is never asked to stop and cannot fail; after a panic it is not run.
    /// **Runs** the cleanup where the pass ended.
    ///
    /// stdexec: `finally`. libunifex: `finally`.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// static CLOSED: AtomicBool = AtomicBool::new(false);
    /// let close = || just(()).inspect_value(|()| CLOSED.store(true, Ordering::Relaxed));
    ///
    /// let pass = just_error::<i32, _>("no feed").finally(close);
    /// assert_eq!(block_on(pass), Completion::Error("no feed"));
    /// assert!(CLOSED.load(Ordering::Relaxed));
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn finally<F: Cleans<C, M> + Moves<F>, C, V, E, M, MV, ME>(self, cleanup: F) -> Finally<Crossing<V, MV, Crossing<E, ME, Self>>, F::Itself> where Self: Sender<Value = V, Error = E>, PhantomData<V>: Crosses<V, MV>, PhantomData<E>: Crosses<E, ME> {
        let sender = <PhantomData<E> as Crosses<E, ME>>::hold(self);
        Finally::new(<PhantomData<V> as Crosses<V, MV>>::hold(sender), cleanup.itself())
    }

    /// Begins the pass again when it fails, up to `times` more.
    ///
    /// **Completes** as the first attempt that does not fail, or with the error of the last. The operation
    /// is the same for all attempts: what stands before is started again, not made again.
    /// **Costs** constant stack, and one posted task for each attempt that completes later.
    ///
    /// # Stopping
    ///
    /// The stop token is asked between attempts.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let third = from_iter(1..).try_map(|n| if n == 3 { Ok(n) } else { Err("no") }).retry(5);
    /// assert_eq!(block_on(third), Completion::Value(3));
    /// ```
    #[inline]
    fn retry(self, times: u32) -> Retrying<Self, Attempts> {
        Retrying::new(self, Attempts(times))
    }

    /// Begins the pass again as often, and after such waits, as a policy says: a function of the attempt
    /// and the error, or a [`Backoff`](crate::adaptors::Backoff).
    ///
    /// **Runs** the waits on the context where the pass failed; it sleeps or goes on with other work
    /// meanwhile. For the rest see [`retry`](Self::retry).
    ///
    /// libunifex: `retry_when`.
    #[inline]
    fn retry_when<P: Decides<Self::Error, M>, M>(self, policy: P) -> Retrying<Self, P::Itself> {
        Retrying::new(self, policy.itself())
    }

    /// Fails if the pass takes longer than `limit`.
    ///
    /// **Completes** as the sender before, or with the error [`Elapsed`](crate::adaptors::Elapsed) when the time is
    /// over; the sender before is then asked to stop, and awaited. If that can fail, its error is to be made
    /// from an `Elapsed`: `impl From<Elapsed> for MyError`, or `map_err` before.
    /// **Runs** the clock on the context where the pass is started, which sleeps or goes on with other work
    /// meanwhile. There is no thread for timers.
    /// **Costs** two looks at the clock, and what [`when_any`](crate::adaptors::when_any) costs.
    ///
    /// tokio: `timeout`. Asio: `cancel_after`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use fusewire::adaptors::Elapsed;
    /// use fusewire::prelude::*;
    ///
    /// let answer = never::<i32>().timeout(Duration::from_millis(2));
    /// assert_eq!(block_on(answer), Completion::Error(Elapsed));
    /// ```
    #[inline]
    fn timeout(self, limit: Duration) -> Timeout<Self> {
        LinkedStop::new(Timed::new(self, Clock::every_pass(limit)))
    }

    /// Fails if the pass is not over at `moment`; see [`timeout`](Self::timeout).
    ///
    /// Asio: `cancel_at`.
    #[inline]
    fn deadline(self, moment: Instant) -> Timeout<Self> {
        LinkedStop::new(Timed::new(self, Clock::once(moment)))
    }

    /// Asks the sender before to stop when `trigger` completes, in whatever way.
    ///
    /// **Completes** as the sender before, which may have a value nevertheless; `trigger` is then asked to stop,
    /// and awaited.
    ///
    /// libunifex: `stop_when`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use fusewire::prelude::*;
    ///
    /// let watch = never::<i32>().stop_when(after(Duration::from_millis(2)));
    /// assert_eq!(block_on(watch), Completion::Stopped(StopReason::Requested));
    /// ```
    #[inline]
    fn stop_when<T: Sender>(self, trigger: T) -> StopWhen<Self, T> {
        LinkedStop::new(Triggered::new(self, trigger))
    }

    /// Has [ended](crate::completion::StopReason::Ended) after `values` values.
    ///
    /// **Completes** as the sender before until then; what is no value is not counted. The sender before is not started
    /// again afterwards, so that nothing of it is lost.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let sum = from_iter(1..).take(3).scan(0, |sum, n: i32| { *sum += n; *sum });
    /// assert_eq!(block_on(sum.clone().repeat(3)), Completion::Value(1 + 2 + 3));
    /// assert_eq!(block_on(sum.repeat(4)), Completion::Stopped(StopReason::Ended));
    /// ```
    #[inline]
    fn take(self, values: u64) -> Take<Self> {
        Take::new(self, values)
    }

    /// Has [ended](crate::completion::StopReason::Ended) with the first value that `f` does not accept, which is dropped.
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// let small = from_iter([1, 2, 70, 3]).take_while(|n| *n < 10).repeat(3);
    /// assert_eq!(block_on(small), Completion::Stopped(StopReason::Ended));
    /// ```
    #[inline]
    fn take_while<F: FnMut(&Self::Value) -> bool + Send>(self, f: F) -> TakeWhile<Self, F> {
        Transformed::new(self, Taking::new(f))
    }

    /// Runs the senders that `f` makes of the values, at most `at_most` of them at a time; `usize::MAX` is no bound.
    ///
    /// **Completes** with what the next of them completes with, in the order in which they do; the pass of each value goes on
    /// meanwhile, and values are taken as long as there is a place. One that is [filtered out or stopped](crate::completion::StopReason::is_of_the_pass)
    /// by itself has no value, and the others go on. Has [ended](crate::completion::StopReason::Ended) when the sender before has, and all of them
    /// have completed. The errors of both are [joined](crate::completion::JoinError); an error ends none of the others.
    /// **Runs** each where the sender before completed, unless it has a home of its own; the pass goes on where that sender completed.
    /// **Costs** its places when it is connected, two allocations more, and none per value; of more than 1024 places, the others are
    /// made one by one when they are needed, and kept. For each that completes later, one posted task if the pass waited.
    ///
    /// # Stopping
    ///
    /// A stop reaches all of them, and the pass completes when they have. An operation that is dropped between two passes asks those
    /// that are under way to stop, and leaves them the memory that they need: hence `'static`.
    ///
    /// stdexec: `merge_each`, without a bound. futures: `map` and `buffer_unordered`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use fusewire::prelude::*;
    ///
    /// // The shorter ones overtake; only two sleep at a time.
    /// let sorted = from_iter([30, 1, 60]).merge_each(2, |n| after(Duration::from_millis(n)).map(move |()| n));
    /// let mut seen = Vec::new();
    /// let _ = block_on(sorted.for_each(|n| seen.push(n)).repeat(3));
    /// assert_eq!(seen, [1, 30, 60]);
    /// ```
    #[inline]
    #[rustfmt::skip]
    fn merge_each<S2, U, E0, E2, F: Makes<Self::Value, S2, U, E2, M> + Moves<F>, M, N>(self, at_most: usize, f: F) -> MergeEach<Joining<E0, E2, N, Self>, F::Itself> where Self: Sender<Error = E0>, PhantomData<E0>: Joins<E0, E2, N> {
        LinkedStop::new(Each::new(<PhantomData<E0> as Joins<E0, E2, N>>::hold(self), at_most, f.itself()))
    }

    /// Hands a value on once no other has followed it for `period`.
    ///
    /// **Completes** with the last value of each run of values; one that is held when the sender before has ended, or when a graph is
    /// drained, is handed on at once. Errors go past it. A source that always has another value is never quiet.
    /// **Runs on** the context where the sender before is, by that context's clock and in its timers: no thread stands behind it.
    /// **Costs** a look at the clock per value, a timer per `period` at most, and two allocations when it is connected.
    ///
    /// # Stopping
    ///
    /// As [`merge_each`](Self::merge_each). What is held when a stop is requested is dropped, unless the graph is drained.
    ///
    /// RxJS: `debounceTime`. Compare [`throttle`](crate::stages::throttle), which hands on the first of a run.
    ///
    /// ```
    /// use std::time::Duration;
    /// use fusewire::prelude::*;
    ///
    /// let last = from_iter(1..=5).debounce(Duration::from_secs(3600));
    /// assert_eq!(block_on(last), Completion::Value(5));
    /// ```
    #[inline]
    fn debounce(self, period: Duration) -> Debounce<Self> {
        LinkedStop::new(Quiet::new(self, period))
    }

    /// Completes as stopped, without starting the sender before, if a stop was requested.
    ///
    /// **Costs** one relaxed load per pass.
    ///
    /// stdexec: `unless_stop_requested`.
    #[inline]
    fn unless_stop_requested(self) -> UnlessStopRequested<Self> {
        UnlessStopRequested::new(self)
    }

    /// Gives the sender before other facts: `f` makes them from those that come in.
    ///
    /// **Costs** nothing after `connect`.
    ///
    /// C++26: `write_env`.
    ///
    /// ```
    /// use fusewire::env::Allocation;
    /// use fusewire::prelude::*;
    ///
    /// let policy = read_env(|env| env.allocation().clone()).with_env(|env| env.with_allocation(Allocation::Forbidden));
    /// assert_eq!(block_on(policy), Completion::Value(Allocation::Forbidden));
    /// ```
    #[inline]
    fn with_env<F: Furnishes<M>, M>(self, f: F) -> WithEnv<Self, F::Itself> {
        WithEnv::new(self, f.itself())
    }

    /// Has the sender before asked to stop by `stop`, and by nobody else.
    ///
    /// libunifex: `with_query_value(get_stop_token, ..)`.
    #[inline]
    fn with_stop(self, stop: StopToken) -> WithEnv<Self, impl FnOnce(Env) -> Env> {
        WithEnv::new(self, move |env: Env| env.with_stop(stop))
    }

    /// Keeps stop requests from the sender before.
    ///
    /// C++26: `unstoppable`.
    #[inline]
    fn unstoppable(self) -> WithEnv<Self, impl FnOnce(Env) -> Env> {
        WithEnv::new(self, |env: Env| env.with_stop(StopToken::never()))
    }
}

impl<S: Sender> OutcomeExt for S {}
