//! `shard`: each value to one of several copies of an arm, by its key.

mod key;

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::adaptors::then::Then;
use crate::adaptors::widen::Widened;
use crate::completion::{Completion, JoinError, Never, StopReason};
use crate::context::Scheduler;
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::sources::{Just, just};

pub use key::{AtShard, ShardKey, spread};

/// The sender of [`shard`](crate::adaptors::SenderExt::shard) and of
/// [`shard_unordered`](crate::adaptors::SenderExt::shard_unordered).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
pub struct Shard<S, F, K, C, A, const N: usize> {
    sender: S,
    shards: Shards<F, K, C, A, N>,
}

impl<S: fmt::Debug, F, K, C, A, const N: usize> fmt::Debug for Shard<S, F, K, C, A, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shard").field("sender", &self.sender).field("shards", &N).finish_non_exhaustive()
    }
}

impl<S, F, K, C, A, const N: usize> Shard<S, F, K, C, A, N> {
    pub(crate) const fn new(sender: S, shards: Shards<F, K, C, A, N>) -> Self {
        Self { sender, shards }
    }
}

/// The shards: how one is chosen, where they are, and the arm of each.
pub struct Shards<F, K, C, A, const N: usize> {
    pub(crate) key: F,
    pub(crate) schedulers: [C; N],
    // Locked by the pass, which is on one thread at a time: nobody waits for another.
    pub(crate) arms: [Arc<Mutex<A>>; N],
    _key: PhantomData<fn() -> K>,
}

impl<F, K, C, A, const N: usize> fmt::Debug for Shards<F, K, C, A, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shards").field("shards", &N).finish_non_exhaustive()
    }
}

impl<F, K, C, A, const N: usize> Shards<F, K, C, A, N> {
    /// Makes the arm of each shard.
    pub(crate) fn new(key: F, schedulers: [C; N], mut make: impl FnMut(usize) -> A) -> Self {
        const { assert!(N > 0, "a shard wants a context at least: write `[a]` or more") }
        const {
            assert!(
                N <= 1 << 16,
                "a shard has at most 65536 contexts, as many as a number of two bytes tells apart"
            )
        }
        let arms = std::array::from_fn(|shard| Arc::new(Mutex::new(make(shard))));
        Self { key, schedulers, arms, _key: PhantomData }
    }

    /// The value, and the shard that it is for.
    #[inline]
    pub(crate) fn entrust<V>(&mut self, value: V) -> Entrusted<V, C, A>
    where
        F: FnMut(&V) -> K,
        K: ShardKey,
        C: Scheduler,
    {
        let at = (self.key)(&value).shard(N) % N;
        Entrusted { value, scheduler: self.schedulers[at].clone(), arm: self.arms[at].clone() }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, K, C, A, S2, const N: usize> Sender for Shard<S, F, K, C, A, N>
where
    S: Sender<Value: Send>,
    F: FnMut(&S::Value) -> K + Send,
    K: ShardKey,
    C: Scheduler,
    A: FnMut(S::Value) -> S2 + Send,
    S2: Sender,
    S::Error: JoinError<S2::Error>,
{
    type Value = S2::Value;
    type Error = <S::Error as JoinError<S2::Error>>::Joined;
    type Operation<R: Receiver<Self::Value, Self::Error>> = Linked<
        S::Operation<SequelReceiver<Shards<F, K, C, A, N>, Widened<Entrusted<S::Value, C, A>, S::Error>, R>>,
    >;

    #[inline]
    fn connect<R: Receiver<Self::Value, Self::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, SequelReceiver::new(self.shards, receiver, env), env)
    }
}

impl<V, E, F, K, C, A, S2, const N: usize> Sequel<V, E> for Shards<F, K, C, A, N>
where
    V: Send,
    F: FnMut(&V) -> K + Send,
    K: ShardKey,
    C: Scheduler,
    A: FnMut(V) -> S2 + Send,
    S2: Sender,
    E: JoinError<S2::Error>,
{
    type Second = Widened<Entrusted<V, C, A>, E>;

    #[inline]
    fn begin(&mut self, arrived: Completion<V, E>) -> Begun<Self::Second> {
        match arrived {
            Completion::Value(value) => Begun::Second(Widened::new(self.entrust(value))),
            Completion::Error(error) => Begun::Now(Completion::Error(error.earlier())),
            Completion::Stopped(reason) => Begun::Now(Completion::Stopped(reason)),
        }
    }
}

/// A value on its way to a shard, and what its arm makes of it there.
pub struct Entrusted<V, C, A> {
    value: V,
    scheduler: C,
    arm: Arc<Mutex<A>>,
}

impl<V, C, A> fmt::Debug for Entrusted<V, C, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entrusted").finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<V, C, A, S2> Sender for Entrusted<V, C, A>
where
    V: Send,
    C: Scheduler,
    A: FnMut(V) -> S2 + Send,
    S2: Sender,
{
    type Value = S2::Value;
    type Error = S2::Error;
    type Operation<R: Receiver<S2::Value, S2::Error>> =
        Linked<<Then<Just<()>, C> as Sender>::Operation<SequelReceiver<InArm<V, A>, S2, R>>>;

    #[inline]
    fn connect<R: Receiver<S2::Value, S2::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        let there = Then::to(just(()), self.scheduler);
        let arm = InArm { value: Some(self.value), arm: self.arm };
        connect_link(there, SequelReceiver::new(arm, receiver, env), env)
    }
}

/// Goes on with what the arm of a shard makes.
pub struct InArm<V, A> {
    // INVARIANT: there until the pass has come to the shard, which it does once.
    value: Option<V>,
    arm: Arc<Mutex<A>>,
}

impl<V, A> fmt::Debug for InArm<V, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InArm").finish_non_exhaustive()
    }
}

impl<V, A, S2> Sequel<(), Never> for InArm<V, A>
where
    V: Send,
    A: FnMut(V) -> S2 + Send,
    S2: Sender,
{
    type Second = S2;

    #[inline]
    fn begin(&mut self, arrived: Completion<(), Never>) -> Begun<S2> {
        match (arrived, self.value.take()) {
            (Completion::Value(()), Some(value)) => {
                Begun::Second((self.arm.lock().unwrap_or_else(PoisonError::into_inner))(value))
            }
            (Completion::Stopped(reason), _) => Begun::Now(Completion::Stopped(reason)),
            (Completion::Value(()), None) => Begun::Now(Completion::Stopped(StopReason::Requested)),
            (Completion::Error(never), _) => match never {},
        }
    }
}
