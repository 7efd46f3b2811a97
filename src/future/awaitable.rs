//! `sender.await`: the crate's senders are awaited as they are.
//!
//! One implementation for every sender at once would stand beside the standard library's one for every future, so
//! that there is one for each type. A sender of another crate has [`future`](super::AsFuture::future).

use super::{FromFuture, FromStream};
use crate::adaptors::transform::Transformed;
use crate::adaptors::{
    And, Batched, Bulk, Either, Filter, FilterMap, Finally, Flat3, Flat4, ForEach, Fork, Fork3, Fork4,
    InspectValue, Join, LinkedStop, Map, MapErr, Merge, OrElse, OrStopped, Repeat, Retrying, Route, Scan,
    Sequence, Shard, Take, Then, TryMap, UnlessStopRequested, UponStopped, Widened, WithEnv,
};
use crate::consumers::SpawnFuture;
use crate::graph::{Alone, Fused};
use crate::scope;
use crate::sources::{
    After, Defer, Dispatch, Every, FedBack, FromFn, FromIter, FromSource, Just, JustError, JustStopped,
    NeverReady, PollFn, Post, ReadEnv, Recv,
};
use crate::task::Task;

/// Makes a sender awaitable; its parameters come first, with their bounds.
macro_rules! awaitable {
    ($([$($parameters:tt)*] $sender:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameters)*> IntoFuture for $sender
        where
            Self: $crate::sender::Sender<Value: Send, Error: Send> + 'static,
        {
            type Output = $crate::completion::Completion<
                <Self as $crate::sender::Sender>::Value,
                <Self as $crate::sender::Sender>::Error,
            >;
            type IntoFuture = $crate::future::SenderFuture<Self>;

            #[inline]
            fn into_future(self) -> $crate::future::SenderFuture<Self> {
                $crate::future::SenderFuture::new(self)
            }
        }
    )*};
}
pub(crate) use awaitable;

awaitable! {
    [] After;
    [F] Defer<F>;
    [] Every;
    [T: Send + 'static] FedBack<T>;
    [F] FromFn<F>;
    [F, K] FromFuture<F, K>;
    [I] FromIter<I>;
    [S] FromSource<S>;
    [S] FromStream<S>;
    [T] Just<T>;
    [T, E] JustError<T, E>;
    [V] JustStopped<V>;
    [T] NeverReady<T>;
    [F] PollFn<F>;
    [F] ReadEnv<F>;
    [P] Recv<P>;
    [C] Dispatch<C>;
    [C] Post<C>;
    [S, F] And<S, F>;
    [S, const N: usize] Batched<S, N>;
    [S, K] Bulk<S, K>;
    [A, B] Either<A, B>;
    [S, F] Filter<S, F>;
    [S, F] FilterMap<S, F>;
    [S, F] Finally<S, F>;
    [A, B, C] Flat3<A, B, C>;
    [A, B, C, D] Flat4<A, B, C, D>;
    [S, F] ForEach<S, F>;
    [S, A, B] Fork<S, A, B>;
    [S, A, B, C] Fork3<S, A, B, C>;
    [S, A, B, C, D] Fork4<S, A, B, C, D>;
    [S, F] InspectValue<S, F>;
    [A, B, const EACH: bool] Join<A, B, EACH>;
    [M] LinkedStop<M>;
    [S, F] Map<S, F>;
    [S, F] MapErr<S, F>;
    [A: crate::sender::Sender, B: crate::sender::Sender, O] Merge<A, B, O>;
    [S, F] OrElse<S, F>;
    [S, F] OrStopped<S, F>;
    [S, N] Repeat<S, N>;
    [S, P] Retrying<S, P>;
    [S, P, A, B] Route<S, P, A, B>;
    [S, T, F] Scan<S, T, F>;
    [A, B] Sequence<A, B>;
    [S] Take<S>;
    [S, F, K, C, A, const N: usize] Shard<S, F, K, C, A, N>;
    [S, C] Then<S, C>;
    [S, T] Transformed<S, T>;
    [S, F] TryMap<S, F>;
    [S] UnlessStopRequested<S>;
    [S, F] UponStopped<S, F>;
    [S, E1] Widened<S, E1>;
    [S, F] WithEnv<S, F>;
    [V, E] SpawnFuture<V, E>;
    [] scope::Join;
    [V: 'static, E: 'static] Task<V, E>;
    [S, P, W, X, V, E] Alone<S, P, W, X, V, E>;
    [P, M, H, B, L, D, V, E] Fused<P, M, H, B, L, D, V, E>;
}
