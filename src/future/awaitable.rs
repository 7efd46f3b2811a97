//! `sender.await`: the crate's senders are awaited as they are.
//!
//! One implementation for every sender at once would stand beside the standard library's one for every future, so
//! that there is one for each type. A sender of another crate has [`future`](super::AsFuture::future).

use super::{FromFuture, FromStream, SenderFuture};
use crate::adaptors::{
    And, Filter, FilterMap, ForEach, Fork, Fork3, Fork4, InspectValue, Join, Map, MapErr, OrElse, Repeat,
    Route, Scan, Then, TryMap, UponStopped,
};
use crate::completion::Completion;
use crate::consumers::SpawnFuture;
use crate::graph::{Alone, Fused};
use crate::sender::Sender;
use crate::sources::{
    After, Defer, Dispatch, Every, FromFn, FromIter, FromSource, Just, JustError, JustStopped, PollFn, Post,
    Recv,
};

macro_rules! awaitable {
    ($($sender:ident<$($parameter:ident),*>)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter),*> IntoFuture for $sender<$($parameter),*>
        where
            Self: Sender<Value: Send, Error: Send> + 'static,
        {
            type Output = Completion<<Self as Sender>::Value, <Self as Sender>::Error>;
            type IntoFuture = SenderFuture<Self>;

            #[inline]
            fn into_future(self) -> SenderFuture<Self> {
                SenderFuture::new(self)
            }
        }
    )*};
}

awaitable! {
    After<> Defer<F> Every<> FromFn<F> FromFuture<F, K> FromIter<I> FromSource<S> FromStream<S> Just<T> JustError<T, E> JustStopped<T> PollFn<F> Recv<P>
    And<S, F> Filter<S, F> FilterMap<S, F> ForEach<S, F> Fork<S, A, B> Fork3<S, A, B, C> Fork4<S, A, B, C, D>
    InspectValue<S, F> Join<A, B> Map<S, F> MapErr<S, F> OrElse<S, F> Repeat<S, N> Route<S, P, A, B>
    Scan<S, T, F> Then<S, C> TryMap<S, F> UponStopped<S, F>
    Dispatch<C> Post<C> SpawnFuture<V, E>
    Alone<S, P, W, X, V, E> Fused<P, M, H, B, L, D, V, E>
}
