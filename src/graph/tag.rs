//! Types of values that flow through a graph, carried from stage to stage at compile time.
//!
//! The macro knows no types. It threads a [`Tag`] through one call per stage; each call checks the
//! stage's function against the tag of the stage before, which is also what lets the compiler
//! infer the parameter of a closure, and returns the tag of what the stage makes. Nothing here
//! exists at run time.

use std::marker::PhantomData;

use crate::batch::Batch;
use crate::completion::Never;
use crate::condition::{Crosses, Crossing, Joins, Keeps, SameAs, Splits};
use crate::context::{MayBlock, NeverBlocks, OnDevice, Scheduler};
use crate::function::{Fits, Looks, Makes, Maps, Mends, Moves, Picks, Steps, Takes, Tests, Tries};
use crate::graph::held::Held;
use crate::graph::junction::Junction;
use crate::graph::value::{AsItIs, ByClone};
use crate::graph::waiting::{And, OrElse};
use crate::on::On;
use crate::source::Source;
use crate::stage::{DoesNotBlock, Stage};

/// "A pass here carries a `V`, and may have failed with an `E` on the way."
///
/// Generated closures only look at tags: before the compiler knows a tag's types it does not know that it
/// may be copied, and would call a closure that copies one `FnOnce`, which is nobody's mistake.
pub struct Tag<V, E>(PhantomData<fn() -> (V, E)>);

impl<V, E> Clone for Tag<V, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V, E> Copy for Tag<V, E> {}

impl<V, E> std::fmt::Debug for Tag<V, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::any::type_name::<Self>())
    }
}

impl<V, E> Tag<V, E> {
    const NEW: Self = Self(PhantomData);

    /// The tag.
    pub(crate) const fn new() -> Self {
        Self::NEW
    }

    /// Bytes of the value.
    pub const fn bytes(self) -> usize {
        size_of::<V>()
    }

    /// The value's type, for people to read.
    pub fn type_name(self) -> &'static str {
        std::any::type_name::<V>()
    }
}

/// The tag of what `source` gives.
pub const fn source<S: Source>(_: &S) -> Tag<S::Value, S::Error> {
    Tag::NEW
}

/// Tags themselves, at a place of the macro's choice.
#[inline(always)]
pub const fn here<T: Copy>(tags: T) -> T {
    tags
}

/// Checks a `map`.
#[inline(always)]
pub fn map<V, E, U, M, F: Maps<V, U, M, Itself: Moves<F>>>(
    _: Tag<V, E>,
    stage: F,
) -> (Held<F::Itself>, Tag<U, E>) {
    (Held::new(stage.itself()), Tag::NEW)
}

/// Checks a `try_map`. That the error before it turns into its own is checked where that happens, by
/// [`turn`](crate::graph::flow::turn): here the compiler may not know its own yet.
#[inline(always)]
#[rustfmt::skip]
pub fn try_map<V, E, U, E2, M, F: Tries<V, U, E2, M, Itself: Moves<F>>>(_: Tag<V, E>, stage: F) -> (Held<F::Itself>, Tag<U, E2>) {
    (Held::new(stage.itself()), Tag::NEW)
}

/// Checks a `filter`.
#[inline(always)]
pub fn filter<V, E, M, F: Tests<V, M, Itself: Moves<F>>>(
    tag: Tag<V, E>,
    stage: F,
) -> (Held<F::Itself>, Tag<V, E>) {
    (Held::new(stage.itself()), tag)
}

/// Checks a `filter_map`.
#[inline(always)]
pub fn filter_map<V, E, U, M, F: Picks<V, U, M, Itself: Moves<F>>>(
    _: Tag<V, E>,
    stage: F,
) -> (Held<F::Itself>, Tag<U, E>) {
    (Held::new(stage.itself()), Tag::NEW)
}

/// Checks an `inspect_value`.
#[inline(always)]
pub fn inspect_value<V, E, M, F: Looks<V, M, Itself: Moves<F>>>(
    tag: Tag<V, E>,
    stage: F,
) -> (Held<F::Itself>, Tag<V, E>) {
    (Held::new(stage.itself()), tag)
}

/// Checks a `for_each`.
#[inline(always)]
pub fn for_each<V, E, M, F: Takes<V, M, Itself: Moves<F>>>(
    _: Tag<V, E>,
    stage: F,
) -> (Held<F::Itself>, Tag<(), E>) {
    (Held::new(stage.itself()), Tag::NEW)
}

/// Checks a `map_err`.
#[inline(always)]
pub fn map_err<V, E, E2, M, F: Maps<E, E2, M, Itself: Moves<F>>>(
    _: Tag<V, E>,
    stage: F,
) -> (Held<F::Itself>, Tag<V, E2>) {
    (Held::new(stage.itself()), Tag::NEW)
}

/// A `scan`: its state and its function.
#[derive(Debug)]
pub struct Scan<S, F> {
    state: Held<S>,
    step: Held<F>,
}

impl<S, F> Scan<S, F> {
    /// One value through the scan.
    #[inline(always)]
    pub fn call<V, U>(&mut self, value: V) -> U
    where
        F: FnMut(&mut S, V) -> U,
    {
        (self.step)(&mut self.state, value)
    }
}

/// Checks a `scan`.
#[inline(always)]
#[rustfmt::skip]
pub fn scan<V, E, S, U, M, N, F: Steps<S, V, U, M, Itself: Moves<F>>>(_: Tag<V, E>, state: S, step: F) -> (Scan<<PhantomData<S> as Keeps<S, N>>::Itself, F::Itself>, Tag<U, E>) where PhantomData<S>: Keeps<S, N> {
    (Scan { state: Held::new(<PhantomData<S> as Keeps<S, N>>::itself(state)), step: Held::new(step.itself()) }, Tag::NEW)
}

/// What an arm makes anew for each value: the state of a `scan`, or a source that is joined.
#[derive(Debug)]
pub struct Anew<M>(Held<M>);

impl<M> Anew<M> {
    /// Makes it.
    #[inline(always)]
    pub fn make<T>(&mut self) -> T
    where
        M: FnMut() -> T,
    {
        (self.0)()
    }
}

/// A `scan` in an arm: what makes its state, and its function.
#[derive(Debug)]
pub struct ScanAnew<M, F> {
    state: Anew<M>,
    step: Held<F>,
}

impl<M, F> ScanAnew<M, F> {
    /// One value through the scan.
    #[inline(always)]
    pub fn call<S, V, U>(&mut self, value: V) -> U
    where
        M: FnMut() -> S,
        F: FnMut(&mut S, V) -> U,
    {
        (self.step)(&mut self.state.make(), value)
    }
}

/// Checks a `scan` in an arm, which begins with each value.
#[inline(always)]
#[rustfmt::skip]
pub fn scan_anew<V, E, S: Send, U, M, G: FnMut() -> S + Send, F: Steps<S, V, U, M, Itself: Moves<F>>>(_: Tag<V, E>, state: G, step: F) -> (ScanAnew<G, F::Itself>, Tag<U, E>) {
    (ScanAnew { state: Anew(Held::new(state)), step: Held::new(step.itself()) }, Tag::NEW)
}

/// A source that is joined in an arm, and its tag.
#[inline(always)]
pub fn source_anew<S: Source, G: FnMut() -> S + Send>(source: G) -> (Anew<G>, Tag<S::Value, S::Error>) {
    (Anew(Held::new(source)), Tag::NEW)
}

/// A `batch`: what it has gathered so far.
#[derive(Debug)]
pub struct Batcher<V, const N: usize> {
    // INVARIANT: not full between values.
    gathered: Held<Batch<V, N>>,
}

impl<V, const N: usize> Batcher<V, N> {
    /// Adds a value; gives the batch that it completes.
    #[inline(always)]
    pub fn push(&mut self, value: V) -> Option<Batch<V, N>> {
        if self.gathered.push(value).is_err() {
            unreachable!("a full batch is handed on at once");
        }
        if self.gathered.is_full() { Some(std::mem::take(&mut *self.gathered)) } else { None }
    }

    /// What has been gathered, at the end of the input.
    pub fn rest(&mut self) -> Option<Batch<V, N>> {
        if self.gathered.is_empty() { None } else { Some(std::mem::take(&mut *self.gathered)) }
    }
}

/// Checks a `batch`.
#[inline(always)]
pub const fn batch<V: Send, E, const N: usize>(_: Tag<V, E>) -> (Batcher<V, N>, Tag<Batch<V, N>, E>) {
    const { assert!(N > 0, "a batch holds one value at least: write `.batch::<1>()` or more") }
    (Batcher { gathered: Held::new(Batch::new()) }, Tag::NEW)
}

/// `T`, if an earlier error joins a later one.
pub type Joined<E0, E, N, T> = <PhantomData<E0> as Joins<E0, E, N>>::If<T>;

/// How an earlier and a later error fail together.
pub type Both<E0, E, N> = <PhantomData<E0> as Joins<E0, E, N>>::Joined;

/// Checks an `and`.
#[inline(always)]
#[rustfmt::skip]
pub fn and<V, E, S, U, E2, M, N, F: Makes<V, S, U, E2, M, Itself: Moves<F>>>(_: Tag<V, E>, stage: F) -> (Joined<E, E2, N, And<F::Itself>>, Tag<U, Both<E, E2, N>>) where PhantomData<E>: Joins<E, E2, N> {
    (<PhantomData<E> as Joins<E, E2, N>>::hold(And(Held::new(stage.itself()))), Tag::NEW)
}

/// Checks an `or_else`.
#[inline(always)]
#[rustfmt::skip]
pub fn or_else<V, E, S, E2, M, F: Mends<V, E, S, E2, M, Itself: Moves<F>>>(_: Tag<V, E>, stage: F) -> (OrElse<F::Itself>, Tag<V, E2>) {
    (OrElse(Held::new(stage.itself())), Tag::NEW)
}

/// Checks the predicate of a `route`.
#[inline(always)]
pub fn route<V, E, M, F: Tests<V, M, Itself: Moves<F>>>(_: Tag<V, E>, choose: F) -> Held<F::Itself> {
    Held::new(choose.itself())
}

/// What every arm of a `fork` receives, and how it gets it.
#[inline(always)]
#[rustfmt::skip]
pub fn fork<V, E, M>(tag: Tag<V, E>) -> (<PhantomData<V> as Splits<V, M>>::If<ByClone>, Tag<V, E>) where PhantomData<V>: Splits<V, M> {
    (<PhantomData<V> as Splits<V, M>>::hold(ByClone), tag)
}

/// The tag behind arms that end by themselves.
#[inline(always)]
pub const fn all_ended<V, E>(_: Tag<V, E>) -> Tag<(), E> {
    Tag::NEW
}

/// The value that an arm begins with: nothing has failed in it yet.
#[inline(always)]
pub const fn arm<V, E>(_: Tag<V, E>) -> Tag<V, Never> {
    Tag::NEW
}

/// What a line that begins with a source is given.
#[inline(always)]
pub const fn nothing() -> Tag<(), Never> {
    Tag::NEW
}

/// A junction and its gate, if the errors join that meet there, and the tag of a `V` behind it.
///
/// Where they do not, the gate has no type, and nothing has that goes through it: see [`gated`].
type Meets<J, V, E> = (J, Tag<V, E>);

/// `T`, if the errors of two arms join, and what is before the arms with theirs.
type IfMet2<E0, EA, EB, M, N, T> = Joined<EA, EB, M, Joined<E0, Both<EA, EB, M>, N, T>>;

/// The error behind two arms.
type Met2<E0, EA, EB, M, N> = Both<E0, Both<EA, EB, M>, N>;

/// The error behind three arms.
type Met3<E0, EA, EB, EC, M, N, O> = Met2<E0, Both<EA, EB, M>, EC, N, O>;

/// The error behind four arms.
type Met4<E0, EA, EB, EC, ED, M, N, O, P> = Met3<E0, Both<EA, EB, M>, EC, ED, N, O, P>;

/// A junction with its gate.
type Gated<E0, Es, E> = (Junction<E0, Es, E>, Open);

/// The junction of two arms.
type Gate2<E0, EA, EB, M, N> = IfMet2<E0, EA, EB, M, N, Gated<E0, (EA, EB), Met2<E0, EA, EB, M, N>>>;

/// The junction of three arms.
type Gate3<E0, EA, EB, EC, M, N, O> = Joined<
    EA,
    EB,
    M,
    IfMet2<E0, Both<EA, EB, M>, EC, N, O, Gated<E0, (EA, EB, EC), Met3<E0, EA, EB, EC, M, N, O>>>,
>;

/// `T`, if the errors of four arms join.
type IfMet4<E0, EA, EB, EC, ED, M, N, O, P, T> =
    Joined<EA, EB, M, Joined<Both<EA, EB, M>, EC, N, IfMet2<E0, Both<Both<EA, EB, M>, EC, N>, ED, O, P, T>>>;

/// The junction of four arms.
type Gate4<E0, EA, EB, EC, ED, M, N, O, P> =
    IfMet4<E0, EA, EB, EC, ED, M, N, O, P, Gated<E0, (EA, EB, EC, ED), Met4<E0, EA, EB, EC, ED, M, N, O, P>>>;

/// The junction of four arms, and the tag behind it.
type Meets4<V, E0, EA, EB, EC, ED, M, N, O, P> =
    Meets<Gate4<E0, EA, EB, EC, ED, M, N, O, P>, V, Met4<E0, EA, EB, EC, ED, M, N, O, P>>;

/// The junction of a pass and that of another source.
type Gate1<E0, EO, M> = Joined<E0, EO, M, Gated<E0, (EO,), Both<E0, EO, M>>>;

/// Checks how two arms meet.
///
/// The tags are one argument, here and below: the compiler is to know all errors when it begins to look for how they join.
#[inline(always)]
#[rustfmt::skip]
pub fn meet2<V, E0, A, EA, B, EB, M, N>(_: (Tag<V, E0>, Tag<A, EA>, Tag<B, EB>)) -> Meets<Gate2<E0, EA, EB, M, N>, (A, B), Met2<E0, EA, EB, M, N>> where PhantomData<EA>: Joins<EA, EB, M>, PhantomData<E0>: Joins<E0, Both<EA, EB, M>, N> {
    (<PhantomData<EA> as Joins<EA, EB, M>>::hold(<PhantomData<E0> as Joins<E0, Both<EA, EB, M>, N>>::hold((Junction::NEW, Open))), Tag::NEW)
}

/// Checks how three arms meet.
#[inline(always)]
#[rustfmt::skip]
pub fn meet3<V, E0, A, EA, B, EB, C, EC, M, N, O>(_: (Tag<V, E0>, Tag<A, EA>, Tag<B, EB>, Tag<C, EC>)) -> Meets<Gate3<E0, EA, EB, EC, M, N, O>, (A, B, C), Met3<E0, EA, EB, EC, M, N, O>> where PhantomData<EA>: Joins<EA, EB, M>, PhantomData<Both<EA, EB, M>>: Joins<Both<EA, EB, M>, EC, N>, PhantomData<E0>: Joins<E0, Both<Both<EA, EB, M>, EC, N>, O> {
    let junction = <PhantomData<E0> as Joins<E0, Both<Both<EA, EB, M>, EC, N>, O>>::hold((Junction::NEW, Open));
    let junction = <PhantomData<Both<EA, EB, M>> as Joins<Both<EA, EB, M>, EC, N>>::hold(junction);
    (<PhantomData<EA> as Joins<EA, EB, M>>::hold(junction), Tag::NEW)
}

/// Checks how four arms meet.
#[inline(always)]
#[rustfmt::skip]
pub fn meet4<V, E0, A, EA, B, EB, C, EC, D, ED, M, N, O, P>(_: (Tag<V, E0>, Tag<A, EA>, Tag<B, EB>, Tag<C, EC>, Tag<D, ED>)) -> Meets4<(A, B, C, D), E0, EA, EB, EC, ED, M, N, O, P> where PhantomData<EA>: Joins<EA, EB, M>, PhantomData<Both<EA, EB, M>>: Joins<Both<EA, EB, M>, EC, N>, PhantomData<Both<Both<EA, EB, M>, EC, N>>: Joins<Both<Both<EA, EB, M>, EC, N>, ED, O>, PhantomData<E0>: Joins<E0, Both<Both<Both<EA, EB, M>, EC, N>, ED, O>, P> {
    let junction = <PhantomData<E0> as Joins<E0, Both<Both<Both<EA, EB, M>, EC, N>, ED, O>, P>>::hold((Junction::NEW, Open));
    let junction = <PhantomData<Both<Both<EA, EB, M>, EC, N>> as Joins<Both<Both<EA, EB, M>, EC, N>, ED, O>>::hold(junction);
    let junction = <PhantomData<Both<EA, EB, M>> as Joins<Both<EA, EB, M>, EC, N>>::hold(junction);
    (<PhantomData<EA> as Joins<EA, EB, M>>::hold(junction), Tag::NEW)
}

/// Checks the arms of a `route`, which make the same type of value, and gives how the second arm's
/// value becomes that of both.
#[inline(always)]
#[rustfmt::skip]
pub fn same<V, EA, U, EB, M>(_: Tag<V, EA>, _: Tag<U, EB>) -> <PhantomData<V> as SameAs<V, U, M>>::If<AsItIs> where PhantomData<V>: SameAs<V, U, M> {
    <PhantomData<V> as SameAs<V, U, M>>::hold(AsItIs)
}

/// Checks how the two arms of a `route` fail.
#[inline(always)]
#[rustfmt::skip]
pub fn meet_route<V, E0, A, EA, B, EB, M, N>(_: (Tag<V, E0>, Tag<A, EA>, Tag<B, EB>)) -> Meets<Gate2<E0, EA, EB, M, N>, A, Met2<E0, EA, EB, M, N>> where PhantomData<EA>: Joins<EA, EB, M>, PhantomData<E0>: Joins<E0, Both<EA, EB, M>, N> {
    (<PhantomData<EA> as Joins<EA, EB, M>>::hold(<PhantomData<E0> as Joins<E0, Both<EA, EB, M>, N>>::hold((Junction::NEW, Open))), Tag::NEW)
}

/// Checks how a pass meets that of another source.
#[inline(always)]
#[rustfmt::skip]
pub fn meet_join<V, E0, U, EO, M>(_: (Tag<V, E0>, Tag<U, EO>)) -> Meets<Gate1<E0, EO, M>, (V, U), Both<E0, EO, M>> where PhantomData<E0>: Joins<E0, EO, M> {
    (<PhantomData<E0> as Joins<E0, EO, M>>::hold((Junction::NEW, Open)), Tag::NEW)
}

/// What goes through a junction, if its gate has a type.
#[inline(always)]
pub fn gated<G: Gate, T>(_: G, inside: T) -> G::If<T> {
    G::hold(inside)
}

/// The gate of a junction whose errors join.
#[derive(Debug, Clone, Copy)]
pub struct Open;

/// [`Open`], or a type that the compiler does not know.
pub trait Gate {
    /// `T`.
    type If<T>;

    /// `inside`.
    fn hold<T>(inside: T) -> Self::If<T>;
}

impl Gate for Open {
    type If<T> = T;

    #[inline(always)]
    fn hold<T>(inside: T) -> T {
        inside
    }
}

/// Checks a hop: the value crosses to another thread.
#[inline(always)]
#[rustfmt::skip]
pub fn hop<V, E, C: Scheduler, K>(tag: Tag<V, E>, to: On<C, K>) -> (On<C, K>, Tag<V, E>) where PhantomData<V>: Crosses<V, Fits> {
    (to, tag)
}

/// Checks a hop that carries an error to the stage that handles it.
#[inline(always)]
#[rustfmt::skip]
pub fn hop_carrying<V, E, C: Scheduler, K>(tag: Tag<V, E>, to: On<C, K>) -> (On<C, K>, Tag<V, E>) where PhantomData<V>: Crosses<V, Fits>, PhantomData<E>: Crosses<E, Fits> {
    (to, tag)
}

/// Checks the end of an arm: what it makes crosses to where the arms meet. Else its stages have no type, so that nothing
/// that they make is wrong as well.
#[inline(always)]
#[rustfmt::skip]
pub fn crosses<V, E, T, M, N>(_: Tag<V, E>, stages: T) -> (Crossing<V, M, Crossing<E, N, T>>, Tag<Crossing<V, M, V>, Crossing<E, N, E>>) where PhantomData<V>: Crosses<V, M>, PhantomData<E>: Crosses<E, N> {
    (<PhantomData<V> as Crosses<V, M>>::hold(<PhantomData<E> as Crosses<E, N>>::hold(stages)), Tag::NEW)
}

/// Checks the predicate of a `route` whose arms have lanes of their own; the choice goes with the
/// value.
#[inline(always)]
#[rustfmt::skip]
pub fn choose<V, E, M, F: Tests<V, M, Itself: Moves<F>>>(_: Tag<V, E>, choose: F) -> (Held<F::Itself>, Tag<(bool, V), E>) {
    (Held::new(choose.itself()), Tag::NEW)
}

/// The tag of the value that a route's choice goes with.
#[inline(always)]
pub const fn without_choice<V, E>(_: Tag<(bool, V), E>) -> Tag<V, E> {
    Tag::NEW
}

/// Which stages a context's thread may run.
#[diagnostic::on_unimplemented(
    message = "the stage `{S}` may block, and may not run on an io lane",
    label = "everything else on its lane would wait for it",
    note = "help: hop to a cpu context before it: `.then(on(compute))`"
)]
pub trait Runs<S> {}

#[diagnostic::do_not_recommend]
impl<S: Stage> Runs<S> for MayBlock {}

#[diagnostic::do_not_recommend]
impl<S: Stage<Blocking = DoesNotBlock>> Runs<S> for NeverBlocks {}

// Whether it is a kernel is asked elsewhere, in words of its own: `graph::kernels`.
#[diagnostic::do_not_recommend]
impl<S: Stage> Runs<S> for OnDevice {}

/// Checks that the stage `S` may run where the hop `to` leads.
pub const fn runs_on<S, C: Scheduler<Runs: Runs<S>>, K>(_: &On<C, K>, _: PhantomData<S>) {}

/// Checks that the stage `S` may run on the home of a socket.
#[rustfmt::skip]
pub const fn runs_on_io<S>(_: PhantomData<S>) where NeverBlocks: Runs<S> {}
