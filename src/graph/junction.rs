//! How the errors of lines that meet become one.

use std::fmt;
use std::marker::PhantomData;

use crate::completion::JoinError;

/// Where arms meet, or a pass and that of another source: a pass failed with an `E0` before it, or
/// with one of `Es` in an arm; behind it, it has failed with an `E`. Made while a graph is checked; nothing of it exists at run time.
///
/// The errors join in the order of the plain form: those of the arms first, from the first arm to
/// the last, and the result with what came before the arms.
pub struct Junction<E0, Es, E>(PhantomData<fn() -> (E0, Es, E)>);

impl<E0, Es, E> Junction<E0, Es, E> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<E0, Es, E> Clone for Junction<E0, Es, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E0, Es, E> Copy for Junction<E0, Es, E> {}

impl<E0, Es, E> fmt::Debug for Junction<E0, Es, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Junction")
    }
}

/// The error behind two lines.
type Both<E, F> = <E as JoinError<F>>::Joined;

/// The error of a pass that failed before it met another source's.
#[inline(always)]
pub fn before_1<E0, EO, E>(_: &Junction<E0, (EO,), E>, error: E0) -> E
where
    E0: JoinError<EO, Joined = E>,
{
    error.earlier()
}

/// How the error of a pass that failed before arms becomes the one behind them.
pub trait Before<E0> {
    /// The error behind them.
    type Error;

    /// Turns it.
    fn before(self, error: E0) -> Self::Error;
}

impl<E0, EA, EB, E> Before<E0> for Junction<E0, (EA, EB), E>
where
    EA: JoinError<EB>,
    E0: JoinError<EA::Joined, Joined = E>,
{
    type Error = E;

    #[inline(always)]
    fn before(self, error: E0) -> E {
        before_2(&self, error)
    }
}

impl<E0, EA, EB, EC, E> Before<E0> for Junction<E0, (EA, EB, EC), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<Both<EA::Joined, EC>, Joined = E>,
{
    type Error = E;

    #[inline(always)]
    fn before(self, error: E0) -> E {
        before_3(&self, error)
    }
}

impl<E0, EA, EB, EC, ED, E> Before<E0> for Junction<E0, (EA, EB, EC, ED), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    type Error = E;

    #[inline(always)]
    fn before(self, error: E0) -> E {
        before_4(&self, error)
    }
}

/// The error of the other source.
#[inline(always)]
pub fn in_arm_0_of_1<E0, EO, E>(_: &Junction<E0, (EO,), E>, error: EO) -> E
where
    E0: JoinError<EO, Joined = E>,
{
    E0::later(error)
}

/// The error of a pass that failed before two arms.
#[inline(always)]
pub fn before_2<E0, EA, EB, E>(_: &Junction<E0, (EA, EB), E>, error: E0) -> E
where
    EA: JoinError<EB>,
    E0: JoinError<EA::Joined, Joined = E>,
{
    error.earlier()
}

/// The error of the first of two arms.
#[inline(always)]
pub fn in_arm_0_of_2<E0, EA, EB, E>(_: &Junction<E0, (EA, EB), E>, error: EA) -> E
where
    EA: JoinError<EB>,
    E0: JoinError<EA::Joined, Joined = E>,
{
    E0::later(error.earlier())
}

/// The error of the second of two arms.
#[inline(always)]
pub fn in_arm_1_of_2<E0, EA, EB, E>(_: &Junction<E0, (EA, EB), E>, error: EB) -> E
where
    EA: JoinError<EB>,
    E0: JoinError<EA::Joined, Joined = E>,
{
    E0::later(EA::later(error))
}

/// The error of a pass that failed before three arms.
#[inline(always)]
pub fn before_3<E0, EA, EB, EC, E>(_: &Junction<E0, (EA, EB, EC), E>, error: E0) -> E
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<Both<EA::Joined, EC>, Joined = E>,
{
    error.earlier()
}

/// The error of the first of three arms.
#[inline(always)]
pub fn in_arm_0_of_3<E0, EA, EB, EC, E>(_: &Junction<E0, (EA, EB, EC), E>, error: EA) -> E
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<Both<EA::Joined, EC>, Joined = E>,
{
    E0::later(error.earlier().earlier())
}

/// The error of the second of three arms.
#[inline(always)]
pub fn in_arm_1_of_3<E0, EA, EB, EC, E>(_: &Junction<E0, (EA, EB, EC), E>, error: EB) -> E
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<Both<EA::Joined, EC>, Joined = E>,
{
    E0::later(EA::later(error).earlier())
}

/// The error of the third of three arms.
#[inline(always)]
pub fn in_arm_2_of_3<E0, EA, EB, EC, E>(_: &Junction<E0, (EA, EB, EC), E>, error: EC) -> E
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<Both<EA::Joined, EC>, Joined = E>,
{
    E0::later(EA::Joined::later(error))
}

/// The error of a pass that failed before four arms.
#[inline(always)]
pub fn before_4<E0, EA, EB, EC, ED, E>(_: &Junction<E0, (EA, EB, EC, ED), E>, error: E0) -> E
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    error.earlier()
}

/// The error of the first of four arms.
#[inline(always)]
pub fn in_arm_0_of_4<E0, EA, EB, EC, ED, E>(_: &Junction<E0, (EA, EB, EC, ED), E>, error: EA) -> E
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    E0::later(error.earlier().earlier().earlier())
}

/// The error of the second of four arms.
#[inline(always)]
pub fn in_arm_1_of_4<E0, EA, EB, EC, ED, E>(_: &Junction<E0, (EA, EB, EC, ED), E>, error: EB) -> E
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    E0::later(EA::later(error).earlier().earlier())
}

/// The error of the third of four arms.
#[inline(always)]
pub fn in_arm_2_of_4<E0, EA, EB, EC, ED, E>(_: &Junction<E0, (EA, EB, EC, ED), E>, error: EC) -> E
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    E0::later(EA::Joined::later(error).earlier())
}

/// The error of the fourth of four arms.
#[inline(always)]
pub fn in_arm_3_of_4<E0, EA, EB, EC, ED, E>(_: &Junction<E0, (EA, EB, EC, ED), E>, error: ED) -> E
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    E0::later(Both::<EA::Joined, EC>::later(error))
}
