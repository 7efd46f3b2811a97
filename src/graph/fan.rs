//! `once`: the arms of a fork or a route, as machines inside of the machine.
//!
//! An arm that hops has states of its own. In a machine it is an operation like any other: its
//! stages are a part of the graph's, its body is entered as a machine's is, and the pass waits for
//! [`Join`] or [`Either`] of the arms exactly as it does in the plain form.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::ptr::NonNull;

use crate::adaptors::Either;
use crate::adaptors::{Every, Flat3, Flat4, Join, arms, every, flat3, flat4};
use crate::completion::Started;
use crate::env::Env;
use crate::graph::machine::{Entry, Header, MachineOperation, States};
use crate::graph::tag::Tag;
use crate::graph::value::{Another, ByClone};
use crate::receiver::Receiver;
use crate::sender::Sender;

/// What a pass through an arm has at hand: the arm's stages, and the value that it was given.
pub struct Given<P, V> {
    // INVARIANT: the stages of an arm of a machine that is pinned and suspended for as long as the
    // pass is under way, so that nobody else touches them.
    stages: NonNull<P>,
    value: Option<V>,
}

// SAFETY: the stages are touched by one thread at a time, the one on which the pass then is. The
// value is there only from `connect` to `start`, which a machine calls one after the other.
unsafe impl<P: Send, V> Send for Given<P, V> {}

impl<P, V> Given<P, V> {
    /// The stages, and the value if the pass has not begun.
    #[inline(always)]
    pub const fn open(&mut self) -> (&mut P, &mut Option<V>) {
        // SAFETY: see the invariant; the borrow of `self` is the only one.
        let stages = unsafe { self.stages.as_mut() };
        (stages, &mut self.value)
    }
}

impl<P, V> fmt::Debug for Given<P, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").finish_non_exhaustive()
    }
}

/// An arm: its stages, and the body that runs a pass through them.
pub struct Arm<P, V, M, H, B, U, E> {
    stages: P,
    enter: B,
    _types: PhantomData<fn(V) -> (M, H, U, E)>,
}

impl<P, V, M, H, B, U, E> Arm<P, V, M, H, B, U, E> {
    /// The stages, for the lanes.
    pub fn into_parts(self) -> P {
        self.stages
    }

    /// The stages, for the drawing.
    pub const fn parts(&self) -> &P {
        &self.stages
    }
}

impl<P, V, M, H, B, U, E> fmt::Debug for Arm<P, V, M, H, B, U, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arm").finish_non_exhaustive()
    }
}

/// Types the body of an arm that begins with a value of the tag's type.
#[inline(always)]
pub fn arm_of<P, V, E0, M, H, B, U, E>(
    _: Tag<V, E0>,
    stages: P,
    _: PhantomData<fn() -> (M, H)>,
    enter: B,
) -> Arm<P, V, M, H, B, U, E>
where
    M: States,
    H: Header,
    B: Fn(&mut Given<P, V>, Pin<&mut M>, &Entry<'_, H>) -> Started<U, E> + Copy,
{
    Arm { stages, enter, _types: PhantomData }
}

/// What makes a pass through an arm.
pub trait Passes<V> {
    /// One pass.
    type Pass: Sender;

    /// A pass of `value`.
    ///
    /// # Safety
    ///
    /// The arm is neither moved nor touched until the pass has completed.
    unsafe fn pass(&mut self, value: V) -> Self::Pass;
}

impl<P, V, M, H, B, U, E> Passes<V> for Arm<P, V, M, H, B, U, E>
where
    P: Send,
    M: States,
    H: Header,
    B: Fn(&mut Given<P, V>, Pin<&mut M>, &Entry<'_, H>) -> Started<U, E> + Copy + Send,
{
    type Pass = ArmPass<P, V, M, H, B, U, E>;

    #[inline(always)]
    unsafe fn pass(&mut self, value: V) -> Self::Pass {
        let given = Given { stages: NonNull::from(&mut self.stages), value: Some(value) };
        ArmPass { given, enter: self.enter, _types: PhantomData }
    }
}

/// One pass through an arm.
///
/// **Completes** as the arm's stages make it; **costs** no allocation.
pub struct ArmPass<P, V, M, H, B, U, E> {
    given: Given<P, V>,
    enter: B,
    _types: PhantomData<fn() -> (M, H, U, E)>,
}

impl<P, V, M, H, B, U, E> fmt::Debug for ArmPass<P, V, M, H, B, U, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArmPass").finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<P, V, M, H, B, U, E> Sender for ArmPass<P, V, M, H, B, U, E>
where
    P: Send,
    M: States,
    H: Header,
    B: Fn(&mut Given<P, V>, Pin<&mut M>, &Entry<'_, H>) -> Started<U, E> + Send,
{
    type Value = U;
    type Error = E;
    type Operation<R: Receiver<U, E>> = MachineOperation<Given<P, V>, M, H, B, U, E, R>;

    #[inline(always)]
    fn connect<R: Receiver<U, E>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        MachineOperation::new(self.given, self.enter, receiver, env)
    }
}

/// The arms of a fan with the way to give each of them its value.
pub trait Fans<W, V> {
    /// All the arms that a pass goes through.
    type Passes: Sender;

    /// Sends `value` through the arms.
    ///
    /// # Safety
    ///
    /// As for [`Passes::pass`], for every arm.
    unsafe fn passes(&mut self, way: W, value: V) -> Self::Passes;
}

impl<W, V, A, B> Fans<W, V> for (A, B)
where
    W: Another<V>,
    A: Passes<V>,
    B: Passes<V>,
    Join<A::Pass, B::Pass, false>: Sender,
{
    type Passes = Join<A::Pass, B::Pass, false>;

    #[inline(always)]
    unsafe fn passes(&mut self, way: W, value: V) -> Self::Passes {
        let first = way.another(&value);
        // SAFETY: passed on to the caller.
        let first = unsafe { self.0.pass(first) };
        // SAFETY: as above.
        arms(first, unsafe { self.1.pass(value) })
    }
}

impl<W, V, A, B, C> Fans<W, V> for (A, B, C)
where
    W: Another<V>,
    A: Passes<V>,
    B: Passes<V>,
    C: Passes<V>,
    Flat3<A::Pass, B::Pass, C::Pass>: Sender,
{
    type Passes = Flat3<A::Pass, B::Pass, C::Pass>;

    #[inline(always)]
    unsafe fn passes(&mut self, way: W, value: V) -> Self::Passes {
        let (first, second) = (way.another(&value), way.another(&value));
        // SAFETY: passed on to the caller.
        let first = unsafe { self.0.pass(first) };
        // SAFETY: as above.
        let second = unsafe { self.1.pass(second) };
        // SAFETY: as above.
        flat3(first, second, unsafe { self.2.pass(value) })
    }
}

impl<W, V, A, B, C, D> Fans<W, V> for (A, B, C, D)
where
    W: Another<V>,
    A: Passes<V>,
    B: Passes<V>,
    C: Passes<V>,
    D: Passes<V>,
    Flat4<A::Pass, B::Pass, C::Pass, D::Pass>: Sender,
{
    type Passes = Flat4<A::Pass, B::Pass, C::Pass, D::Pass>;

    #[inline(always)]
    unsafe fn passes(&mut self, way: W, value: V) -> Self::Passes {
        let (first, second, third) = (way.another(&value), way.another(&value), way.another(&value));
        // SAFETY: passed on to the caller.
        let first = unsafe { self.0.pass(first) };
        // SAFETY: as above.
        let second = unsafe { self.1.pass(second) };
        // SAFETY: as above.
        let third = unsafe { self.2.pass(third) };
        // SAFETY: as above.
        flat4(first, second, third, unsafe { self.3.pass(value) })
    }
}

/// Goes through the arm that the value was chosen for, which is a part of the value.
#[derive(Debug, Clone, Copy)]
pub struct OneWay;

impl<V, A, B> Fans<OneWay, (bool, V)> for (A, B)
where
    A: Passes<V>,
    B: Passes<V>,
    Either<A::Pass, B::Pass>: Sender,
{
    type Passes = Either<A::Pass, B::Pass>;

    #[inline(always)]
    unsafe fn passes(&mut self, _: OneWay, (first, value): (bool, V)) -> Self::Passes {
        if first {
            // SAFETY: passed on to the caller.
            Either::First(unsafe { self.0.pass(value) })
        } else {
            // SAFETY: as above.
            Either::Second(unsafe { self.1.pass(value) })
        }
    }
}

/// Goes through every arm, each of which ends by itself. The value is a tuple of its own, so that the arms of a fork are no case
/// of this.
#[derive(Debug, Clone, Copy)]
pub struct ToEvery;

impl ToEvery {
    /// Where the value may be cloned.
    #[inline(always)]
    pub const fn new(_: ByClone) -> Self {
        Self
    }
}

impl<V, A, B> Fans<ToEvery, (V,)> for (A, B)
where
    ByClone: Another<V>,
    A: Passes<V>,
    B: Passes<V>,
    Every<A::Pass, B::Pass>: Sender,
{
    type Passes = Every<A::Pass, B::Pass>;

    #[inline(always)]
    unsafe fn passes(&mut self, _: ToEvery, (value,): (V,)) -> Self::Passes {
        let first = ByClone.another(&value);
        // SAFETY: passed on to the caller.
        let first = unsafe { self.0.pass(first) };
        // SAFETY: as above.
        every(first, unsafe { self.1.pass(value) })
    }
}

impl<V, A, B, C> Fans<ToEvery, (V,)> for (A, B, C)
where
    ByClone: Another<V>,
    A: Passes<V>,
    B: Passes<V>,
    C: Passes<V>,
    Every<Every<A::Pass, B::Pass>, C::Pass>: Sender,
{
    type Passes = Every<Every<A::Pass, B::Pass>, C::Pass>;

    #[inline(always)]
    unsafe fn passes(&mut self, _: ToEvery, (value,): (V,)) -> Self::Passes {
        let (first, second) = (ByClone.another(&value), ByClone.another(&value));
        // SAFETY: passed on to the caller.
        let first = unsafe { self.0.pass(first) };
        // SAFETY: as above.
        let second = unsafe { self.1.pass(second) };
        // SAFETY: as above.
        every(every(first, second), unsafe { self.2.pass(value) })
    }
}

impl<V, A, B, C, D> Fans<ToEvery, (V,)> for (A, B, C, D)
where
    ByClone: Another<V>,
    A: Passes<V>,
    B: Passes<V>,
    C: Passes<V>,
    D: Passes<V>,
    Every<Every<Every<A::Pass, B::Pass>, C::Pass>, D::Pass>: Sender,
{
    type Passes = Every<Every<Every<A::Pass, B::Pass>, C::Pass>, D::Pass>;

    #[inline(always)]
    unsafe fn passes(&mut self, _: ToEvery, (value,): (V,)) -> Self::Passes {
        let (first, second, third) =
            (ByClone.another(&value), ByClone.another(&value), ByClone.another(&value));
        // SAFETY: passed on to the caller.
        let first = unsafe { self.0.pass(first) };
        // SAFETY: as above.
        let second = unsafe { self.1.pass(second) };
        // SAFETY: as above.
        let third = unsafe { self.2.pass(third) };
        // SAFETY: as above.
        every(every(every(first, second), third), unsafe { self.3.pass(value) })
    }
}
