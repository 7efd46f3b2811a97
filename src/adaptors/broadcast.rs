//! `broadcast`: senders made of the same value, each of which ends by itself.
//!
//! The arms are joined as those of a `fork` are, with one difference: an arm has nothing to say but how it ended, so that no arm
//! keeps another from its value.

use crate::adaptors::join::{Join, arms};
use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::adaptors::transform::{Transform, Transformed};
use crate::adaptors::widen::Widened;
use crate::completion::{Completion, JoinError, Never, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// Two arms that end by themselves; of three the first two are one.
pub type Every<A, B> = Transformed<Join<Transformed<A, Ending>, Transformed<B, Ending>, false>, AllEnded>;

/// `first` and `second`, neither of which waits for what the other makes.
#[inline]
pub(crate) const fn every<A, B>(first: A, second: B) -> Every<A, B> {
    Transformed::new(arms(Transformed::new(first, Ending), Transformed::new(second, Ending)), AllEnded)
}

/// Makes a value of how an arm ends.
#[derive(Debug, Clone, Copy)]
pub struct Ending;

impl<V, E> Transform<V, E> for Ending {
    type Value = Completion<(), E>;
    type Error = Never;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<Completion<(), E>, Never> {
        Completion::Value(match arrived {
            Completion::Value(_) | Completion::Stopped(StopReason::Filtered) => Completion::Value(()),
            // Nobody is left who could tell of it but the pass.
            Completion::Stopped(StopReason::Panicked) => return Completion::Stopped(StopReason::Panicked),
            Completion::Stopped(reason) => Completion::Stopped(reason),
            Completion::Error(error) => Completion::Error(error),
        })
    }
}

/// How a pass ends whose arms have: an end of the graph counts first, then an error, each of the first arm in order.
#[derive(Debug, Clone, Copy)]
pub struct AllEnded;

impl<EA, EB> Transform<(Completion<(), EA>, Completion<(), EB>), Never> for AllEnded
where
    EA: JoinError<EB>,
{
    type Value = ();
    type Error = EA::Joined;

    #[inline]
    fn transform(
        &mut self,
        arrived: Completion<(Completion<(), EA>, Completion<(), EB>), Never>,
    ) -> Completion<(), EA::Joined> {
        use Completion::{Error, Stopped, Value};
        match arrived {
            Value((Value(()), Value(()))) => Value(()),
            Value((Stopped(StopReason::Ended), _) | (_, Stopped(StopReason::Ended))) => {
                Stopped(StopReason::Ended)
            }
            Value((Error(error), _)) => Error(error.earlier()),
            Value((_, Error(error))) => Error(EA::later(error)),
            Value((Stopped(reason), _) | (_, Stopped(reason))) | Stopped(reason) => Stopped(reason),
            Error(never) => match never {},
        }
    }
}

/// The sender and the sequel of a broadcast to so many arms.
macro_rules! broadcast {
    ($(#[$doc:meta])* $Broadcast:ident, $(#[$sequel:meta])* $Broadcasting:ident,
     ($($f:ident: $F:ident makes $A:ident),+; $last:ident: $L:ident makes $Z:ident), $All:ty, $all:expr) => {
        $(#[$doc])*
        #[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
        #[derive(Clone)]
        pub struct $Broadcast<S, $($F,)+ $L> {
            sender: S,
            $($f: $F,)+
            $last: $L,
        }

        opaque!($Broadcast<S, $($F,)+ $L> after sender);

        crate::future::awaitable::awaitable! { [S, $($F,)+ $L] $Broadcast<S, $($F,)+ $L>; }

        impl<S, $($F,)+ $L> $Broadcast<S, $($F,)+ $L> {
            #[inline]
            pub(crate) const fn new(sender: S, $($f: $F,)+ $last: $L) -> Self {
                Self { sender, $($f,)+ $last }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, $($F,)+ $L, $($A,)+ $Z, E2, E3> Sender for $Broadcast<S, $($F,)+ $L>
        where
            S: Sender,
            S::Value: Clone,
            $($F: FnMut(S::Value) -> $A + Send,)+
            $L: FnMut(S::Value) -> $Z + Send,
            $($A: Sender<Error: Send>,)+
            $Z: Sender<Error: Send>,
            $All: Sender<Value = (), Error = E2>,
            S::Error: JoinError<E2, Joined = E3>,
        {
            type Value = ();
            type Error = E3;
            type Operation<R: Receiver<(), E3>> =
                Linked<S::Operation<SequelReceiver<$Broadcasting<$($F,)+ $L>, Widened<$All, S::Error>, R>>>;

            #[inline]
            fn connect<R: Receiver<(), E3>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
                let sequel = $Broadcasting { $($f: self.$f,)+ $last: self.$last };
                connect_link(self.sender, SequelReceiver::new(sequel, receiver, env), env)
            }
        }

        $(#[$sequel])*
        #[derive(Clone)]
        pub struct $Broadcasting<$($F,)+ $L> {
            $($f: $F,)+
            $last: $L,
        }

        opaque!($Broadcasting<$($F,)+ $L>);

        impl<V, E, $($F,)+ $L, $($A,)+ $Z, E2, E3> Sequel<V, E> for $Broadcasting<$($F,)+ $L>
        where
            V: Clone,
            $($F: FnMut(V) -> $A + Send,)+
            $L: FnMut(V) -> $Z + Send,
            $($A: Sender<Error: Send>,)+
            $Z: Sender<Error: Send>,
            $All: Sender<Value = (), Error = E2>,
            E: JoinError<E2, Joined = E3>,
        {
            type Second = Widened<$All, E>;

            #[inline]
            fn begin(&mut self, arrived: Completion<V, E>) -> Begun<Self::Second> {
                match arrived {
                    Completion::Value(value) => {
                        $(let $f = (self.$f)(value.clone());)+
                        let $last = (self.$last)(value);
                        Begun::Second(Widened::new($all))
                    }
                    Completion::Error(error) => Begun::Now(Completion::Error(error.earlier())),
                    Completion::Stopped(reason) => Begun::Now(Completion::Stopped(reason)),
                }
            }
        }
    };
}

broadcast! {
    /// The sender of [`broadcast`](crate::adaptors::SenderExt::broadcast).
    Broadcast,
    /// How [`Broadcast`] goes on.
    Broadcasting,
    (first: FA makes A; second: FB makes B), Every<A, B>, every(first, second)
}

broadcast! {
    /// The sender of [`broadcast3`](crate::adaptors::SenderExt::broadcast3).
    Broadcast3,
    /// How [`Broadcast3`] goes on.
    Broadcasting3,
    (first: FA makes A, second: FB makes B; third: FC makes C),
    Every<Every<A, B>, C>, every(every(first, second), third)
}

broadcast! {
    /// The sender of [`broadcast4`](crate::adaptors::SenderExt::broadcast4).
    Broadcast4,
    /// How [`Broadcast4`] goes on.
    Broadcasting4,
    (first: FA makes A, second: FB makes B, third: FC makes C; fourth: FD makes D),
    Every<Every<Every<A, B>, C>, D>, every(every(every(first, second), third), fourth)
}
