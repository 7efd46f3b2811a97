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

/// How an error goes through a junction: that of arm number `AT`, or, for the number of arms, one of before them.
///
/// What goes through is asked of the junction: where the errors do not join, the compiler does not know its type, and then knows
/// no error either that would be wrong once more.
pub trait Through<const AT: usize> {
    /// The error of a pass there.
    type Arrives;

    /// The one behind the junction.
    type Leaves;

    /// Turns it.
    fn turn(error: Self::Arrives) -> Self::Leaves;
}

/// The error behind two lines.
type Both<E, F> = <E as JoinError<F>>::Joined;

/// The error of a pass that failed before it met another source's.
#[inline(always)]
pub fn before_1<J: Through<1>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EO, E> Through<1> for Junction<E0, (EO,), E>
where
    E0: JoinError<EO, Joined = E>,
{
    type Arrives = E0;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: E0) -> E {
        error.earlier()
    }
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
pub fn in_arm_0_of_1<J: Through<0>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EO, E> Through<0> for Junction<E0, (EO,), E>
where
    E0: JoinError<EO, Joined = E>,
{
    type Arrives = EO;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: EO) -> E {
        E0::later(error)
    }
}

/// The error of a pass that failed before two arms.
#[inline(always)]
pub fn before_2<J: Through<2>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, E> Through<2> for Junction<E0, (EA, EB), E>
where
    EA: JoinError<EB>,
    E0: JoinError<EA::Joined, Joined = E>,
{
    type Arrives = E0;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: E0) -> E {
        error.earlier()
    }
}

/// The error of the first of two arms.
#[inline(always)]
pub fn in_arm_0_of_2<J: Through<0>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, E> Through<0> for Junction<E0, (EA, EB), E>
where
    EA: JoinError<EB>,
    E0: JoinError<EA::Joined, Joined = E>,
{
    type Arrives = EA;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: EA) -> E {
        E0::later(error.earlier())
    }
}

/// The error of the second of two arms.
#[inline(always)]
pub fn in_arm_1_of_2<J: Through<1>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, E> Through<1> for Junction<E0, (EA, EB), E>
where
    EA: JoinError<EB>,
    E0: JoinError<EA::Joined, Joined = E>,
{
    type Arrives = EB;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: EB) -> E {
        E0::later(EA::later(error))
    }
}

/// The error of a pass that failed before three arms.
#[inline(always)]
pub fn before_3<J: Through<3>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, EC, E> Through<3> for Junction<E0, (EA, EB, EC), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<Both<EA::Joined, EC>, Joined = E>,
{
    type Arrives = E0;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: E0) -> E {
        error.earlier()
    }
}

/// The error of the first of three arms.
#[inline(always)]
pub fn in_arm_0_of_3<J: Through<0>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, EC, E> Through<0> for Junction<E0, (EA, EB, EC), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<Both<EA::Joined, EC>, Joined = E>,
{
    type Arrives = EA;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: EA) -> E {
        E0::later(error.earlier().earlier())
    }
}

/// The error of the second of three arms.
#[inline(always)]
pub fn in_arm_1_of_3<J: Through<1>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, EC, E> Through<1> for Junction<E0, (EA, EB, EC), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<Both<EA::Joined, EC>, Joined = E>,
{
    type Arrives = EB;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: EB) -> E {
        E0::later(EA::later(error).earlier())
    }
}

/// The error of the third of three arms.
#[inline(always)]
pub fn in_arm_2_of_3<J: Through<2>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, EC, E> Through<2> for Junction<E0, (EA, EB, EC), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<Both<EA::Joined, EC>, Joined = E>,
{
    type Arrives = EC;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: EC) -> E {
        E0::later(EA::Joined::later(error))
    }
}

/// The error of a pass that failed before four arms.
#[inline(always)]
pub fn before_4<J: Through<4>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, EC, ED, E> Through<4> for Junction<E0, (EA, EB, EC, ED), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    type Arrives = E0;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: E0) -> E {
        error.earlier()
    }
}

/// The error of the first of four arms.
#[inline(always)]
pub fn in_arm_0_of_4<J: Through<0>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, EC, ED, E> Through<0> for Junction<E0, (EA, EB, EC, ED), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    type Arrives = EA;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: EA) -> E {
        E0::later(error.earlier().earlier().earlier())
    }
}

/// The error of the second of four arms.
#[inline(always)]
pub fn in_arm_1_of_4<J: Through<1>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, EC, ED, E> Through<1> for Junction<E0, (EA, EB, EC, ED), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    type Arrives = EB;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: EB) -> E {
        E0::later(EA::later(error).earlier().earlier())
    }
}

/// The error of the third of four arms.
#[inline(always)]
pub fn in_arm_2_of_4<J: Through<2>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, EC, ED, E> Through<2> for Junction<E0, (EA, EB, EC, ED), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    type Arrives = EC;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: EC) -> E {
        E0::later(EA::Joined::later(error).earlier())
    }
}

/// The error of the fourth of four arms.
#[inline(always)]
pub fn in_arm_3_of_4<J: Through<3>>(_: &J, error: J::Arrives) -> J::Leaves {
    J::turn(error)
}

impl<E0, EA, EB, EC, ED, E> Through<3> for Junction<E0, (EA, EB, EC, ED), E>
where
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    Both<EA::Joined, EC>: JoinError<ED>,
    E0: JoinError<Both<Both<EA::Joined, EC>, ED>, Joined = E>,
{
    type Arrives = ED;
    type Leaves = E;

    #[inline(always)]
    fn turn(error: ED) -> E {
        E0::later(Both::<EA::Joined, EC>::later(error))
    }
}
