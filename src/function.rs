//! What a stage's function must be, one trait for each kind of stage.
//!
//! Each trait has the function's signature as its supertrait, from which the compiler infers the
//! parameter of a closure, and the function's own type as its `Itself`, by which later code knows
//! it. The marker `M` makes two implementations possible, of which the second applies to nothing:
//! with a choice to make, the compiler knows that neither applies instead of trying the only one.
//! So a function that does not fit is reported once, where it is written, in the words below, and
//! has no type afterwards that could be wrong again.

use futures_core::Stream;

use crate::adaptors::RetryPolicy;
use crate::completion::{Never, StopReason};
use crate::env::Env;
use crate::sender::Sender;

/// Marks the implementation that applies.
#[derive(Debug)]
pub struct Fits;

/// Marks the implementation that applies to nothing.
#[derive(Debug)]
pub struct Misfits;

/// Implemented for nothing.
pub trait Nothing {}

/// A function that may move to the thread of its lane: whatever is `Send`.
///
/// `Itself` is the function's own type, so that nothing but the function is looked at: not what it
/// returns.
#[diagnostic::on_unimplemented(
    message = "this function captures what cannot move to another thread",
    label = "not `Send`",
    note = "help: capture an `Arc` for an `Rc`, an atomic or a `Mutex` for a `Cell` or `RefCell`, or make it part of the value"
)]
pub trait Moves<Itself>: Send {}

#[diagnostic::do_not_recommend]
impl<F: Send> Moves<F> for F {}

macro_rules! function {
    (
        $(#[$attribute:meta])*
        $name:ident<$($parameter:ident),*>: $signature:path $(, $work:ident: $bound:path)* $(,)?
    ) => {
        $(#[$attribute])*
        pub trait $name<$($parameter,)* M>: $signature {
            /// The function's own type.
            type Itself: $signature;

            /// The function.
            fn itself(self) -> Self::Itself;
        }

        #[diagnostic::do_not_recommend]
        impl<$($parameter,)* F: $signature> $name<$($parameter,)* Fits> for F where $($work: $bound),* {
            type Itself = F;

            #[inline(always)]
            fn itself(self) -> F {
                self
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($parameter,)* F: $signature + Nothing> $name<$($parameter,)* Misfits> for F {
            type Itself = F;

            #[inline(always)]
            fn itself(self) -> F {
                self
            }
        }
    };
}

function! {
    /// The function of a `map`, `map_err`, or the beginning of an arm.
    #[diagnostic::on_unimplemented(
        message = "this stage does not take a `{V}`",
        label = "a `{V}` arrives here",
        note = "help: take a `{V}`, or put a `.map(..)` before this stage that makes what it takes"
    )]
    Maps<V, U>: FnMut(V) -> U
}

function! {
    /// The function of a `try_map`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not make a `Result` of a `{V}`",
        label = "a `{V}` arrives here",
        note = "help: take a `{V}` and return a `Result`; for a function that cannot fail use `.map(..)`"
    )]
    Tries<V, U, E>: FnMut(V) -> Result<U, E>
}

function! {
    /// The function of a `filter`, or the choice of a `route`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not make a `bool` of a `&{V}`",
        label = "a `&{V}` arrives here",
        note = "help: take a `&{V}`, which the stage only looks at, and return a `bool`"
    )]
    Tests<V>: FnMut(&V) -> bool
}

function! {
    /// The function of a `filter_map`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not make an `Option` of a `{V}`",
        label = "a `{V}` arrives here",
        note = "help: take a `{V}` and return an `Option`; for a function that always has a value use `.map(..)`"
    )]
    Picks<V, U>: FnMut(V) -> Option<U>
}

function! {
    /// The function of an `inspect_value`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not just look at a `&{V}`",
        label = "a `&{V}` arrives here",
        note = "help: take a `&{V}` and return nothing; for a function that makes something use `.map(..)`"
    )]
    Looks<V>: FnMut(&V)
}

function! {
    /// The function of a `for_each`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not use up a `{V}`",
        label = "a `{V}` arrives here",
        note = "help: take a `{V}` and return nothing; for a function that makes something use `.map(..)`"
    )]
    Takes<V>: FnMut(V)
}

function! {
    /// The function of a `scan`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not take a `&mut {S}` and a `{V}`",
        label = "a `{V}` arrives here",
        note = "help: write `.scan(initial_state, |state, value| ..)`"
    )]
    Steps<S, V, U>: FnMut(&mut S, V) -> U
}

function! {
    /// The function of an `and`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not make a sender of a `{V}`",
        label = "a `{V}` arrives here",
        note = "help: return a sender, such as `just(..)`; for a function that returns a plain value use `.map(..)`"
    )]
    Makes<V, S, U, E>: FnMut(V) -> S, S: Sender<Value = U, Error = E>
}

function! {
    /// The function of an `or_else`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not make a sender of a `{V}` of the error",
        label = "a `{E}` arrives here",
        note = "help: return a sender of a `{V}`, such as `just(..)`; to change the error use `.map_err(..)`"
    )]
    Mends<V, E, S, E2>: FnMut(E) -> S, S: Sender<Value = V, Error = E2>
}

function! {
    /// An arm of a `fork`.
    #[diagnostic::on_unimplemented(
        message = "this arm does not make a sender of a `{V}`",
        label = "a `{V}` arrives here",
        note = "help: return a sender, such as `just(..)`, whose value and error are `Send`"
    )]
    Sends<V, S, U, E>: FnMut(V) -> S, S: Sender<Value = U, Error = E>, U: Send, E: Send
}

function! {
    /// The function of an `upon_stopped`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not make a `{V}` of the reason why the pass was stopped",
        label = "a `StopReason` arrives here",
        note = "help: write `.upon_stopped(|reason| ..)`, and return a `{V}`"
    )]
    Resumes<V>: FnMut(StopReason) -> V
}

function! {
    /// The function of an `upon_error`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not make a `{V}` of the error",
        label = "a `{E}` arrives here",
        note = "help: take a `{E}` and return a `{V}`, or use `.or_else(..)` with a sender of a `{V}`"
    )]
    Replaces<E, V>: FnMut(E) -> V
}

function! {
    /// The function of a `stopped_as_error`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not make an error of the reason why the pass was stopped",
        label = "a `StopReason` arrives here",
        note = "help: write `.stopped_as_error(|reason| ..)`"
    )]
    Accuses<E>: FnMut(StopReason) -> E
}

function! {
    /// The function of an `or_stopped`.
    #[diagnostic::on_unimplemented(
        message = "this stage does not make a sender of a `{V}` and of the same error",
        label = "a `StopReason` arrives here, and a sender is returned that is like the one before",
        note = "help: write `.or_stopped(|reason| just(..))`; for a plain value use `.upon_stopped(..)`"
    )]
    Continues<V, E, S>: FnMut(StopReason) -> S, S: Sender<Value = V, Error = E>
}

function! {
    /// The function of a `finally`.
    #[diagnostic::on_unimplemented(
        message = "this cleanup does not make a sender of `()` that cannot fail",
        label = "nothing arrives here, and a sender of `()` is returned",
        note = "help: write `.finally(|| just(()).map(..))`; its error ends with `.upon_error(..)`, its value with `.map(drop)`"
    )]
    Cleans<S>: FnMut() -> S, S: Sender<Value = (), Error = Never>
}

function! {
    /// The function of a `defer`.
    #[diagnostic::on_unimplemented(
        message = "this function does not make a sender",
        label = "expected `|| ..` that returns a sender",
        note = "help: return a sender, such as `just(..)`; for a function that returns plain values use `from_fn(..)`"
    )]
    Defers<S, U, E>: FnMut() -> S, S: Sender<Value = U, Error = E>
}

function! {
    /// The function of a `read_env`.
    #[diagnostic::on_unimplemented(
        message = "this function does not look at the environment",
        label = "an `&Env` arrives here",
        note = "help: write `read_env(|env| ..)`"
    )]
    Consults<T>: FnMut(&Env) -> T
}

function! {
    /// The function of a `with_env`.
    #[diagnostic::on_unimplemented(
        message = "this function does not make an environment of another",
        label = "an `Env` arrives here, and another is returned",
        note = "help: write `.with_env(|env| env.with_stop(..))`, or another of its `with_` methods"
    )]
    Furnishes<>: FnOnce(Env) -> Env
}

macro_rules! sender {
    (
        $(#[$attribute:meta])*
        $name:ident<$($parameter:ident),*>: $bound:path $(, $kept:ident: $more:path)* $(, $also:lifetime)?
    ) => {
        $(#[$attribute])*
        pub trait $name<$($parameter,)* M> {
            /// Its own type.
            type Itself: $bound $(+ $more)* $(+ $also)?;

            /// It itself.
            fn itself(self) -> Self::Itself;
        }

        #[diagnostic::do_not_recommend]
        impl<$($parameter,)* S: $bound $(+ $more)* $(+ $also)?> $name<$($parameter,)* Fits> for S {
            type Itself = S;

            #[inline(always)]
            fn itself(self) -> S {
                self
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($parameter,)* S: $bound $(+ $more)* $(+ $also)? + Nothing> $name<$($parameter,)* Misfits> for S {
            type Itself = S;

            #[inline(always)]
            fn itself(self) -> S {
                self
            }
        }
    };
}

sender! {
    /// A sender that stands behind another.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a sender that may move to another thread",
        label = "expected a sender here",
        note = "help: give a source such as `just(..)`, or a chain that begins with one; to make it of the value use `.and(..)`"
    )]
    IsLater<U, E>: Sender<Value = U, Error = E>, also: Send
}

sender! {
    /// A sender that is spawned or let go: nobody takes what it makes.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a sender of `()` that cannot fail",
        label = "nobody takes what this makes: expected a sender of `()` that cannot fail and may move",
        note = "help: end it with `.map(drop)`, and an error with `.upon_error(..)`; what makes a value is for `block_on`, or sends it with `.and(send)`"
    )]
    IsAlone<>: Sender<Value = (), Error = Never>, also: Send, 'static
}

sender! {
    /// A future that is polled on whichever thread the pass is.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a future that may move to another thread",
        label = "expected a future here, it and its output `Send`",
        note = "help: call the `async fn`, or write `async move {{ .. }}`, and capture an `Arc` for an `Rc`"
    )]
    IsFuture<V>: Resolves<V>, also: Send
}

sender! {
    /// A stream that is polled on whichever thread the graph is.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a stream that may move to another thread",
        label = "expected a `Stream` here, it and its items `Send`",
        note = "help: for an iterator use `from_iter(..)`"
    )]
    IsStream<T>: Flows<T>, also: Send
}

sender! {
    /// What a `retry_when` is decided by.
    #[diagnostic::on_unimplemented(
        message = "this does not decide whether to begin again after a `{E}`",
        label = "a number and a `&{E}` arrive here",
        note = "help: write `|attempt: u32, error: &{E}| Retry::Now`, `Retry::After(..)` or `Retry::GiveUp`, or give a `Backoff`"
    )]
    Decides<E>: RetryPolicy<E>
}

/// A future of a `V` that is `Send`.
pub trait Resolves<V>: Future<Output = V> {}

impl<V: Send, F: Future<Output = V>> Resolves<V> for F {}

/// A stream of `T` that are `Send`.
pub trait Flows<T>: Stream<Item = T> {}

impl<T: Send, S: Stream<Item = T>> Flows<T> for S {}

/// A sender that is given to a function or to another sender.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sender",
    label = "expected a sender here",
    note = "help: give a source such as `just(..)`, `read(..)` or `from_iter(..)`, or a chain that begins with one"
)]
pub trait IsSender<U, E, M> {
    /// The sender's own type.
    type Itself: Sender<Value = U, Error = E>;

    /// The sender.
    fn itself(self) -> Self::Itself;
}

#[diagnostic::do_not_recommend]
impl<S: Sender<Value = U, Error = E>, U, E> IsSender<U, E, Fits> for S {
    type Itself = S;

    #[inline]
    fn itself(self) -> S {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sender<Value = U, Error = E> + Nothing, U, E> IsSender<U, E, Misfits> for S {
    type Itself = S;

    #[inline]
    fn itself(self) -> S {
        self
    }
}
