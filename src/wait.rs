//! What a context does while it has nothing to do.

/// How a context waits.
///
/// | strategy | wakes in | costs while idle | system calls |
/// |---|---|---|---|
/// | [`Spin`](Self::Spin) | a cache miss | a whole core | none, ever |
/// | [`SpinThenYield`](Self::SpinThenYield) | a cache miss, or one time slice | a core nobody else wants | `sched_yield` |
/// | [`SpinThenPark`](Self::SpinThenPark) | a cache miss, or a wake-up (microseconds) | nothing | one per sleep, one per wake |
/// | [`Park`](Self::Park) | a wake-up (microseconds) | nothing | one per sleep, one per wake |
///
/// Whoever gives work to a context that parks must call [`Context::nudge`]; see
/// [`Context::must_be_woken`].
///
/// [`Context::nudge`]: crate::context::Context::nudge
/// [`Context::must_be_woken`]: crate::context::Context::must_be_woken
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wait {
    /// Turn after turn. Never makes a system call to wait; wants a core of its own.
    Spin,
    /// After `spins` idle turns in a row, gives the core to whoever else wants it, after each turn.
    SpinThenYield {
        /// Idle turns before the first yield.
        spins: u32,
    },
    /// After `spins` idle turns in a row, sleeps until it is woken.
    SpinThenPark {
        /// Idle turns before it sleeps.
        spins: u32,
    },
    /// Sleeps after the first idle turn until it is woken.
    Park,
}

/// The idle turns, most of them with a pause, that cost about as much as one sleep and one wake-up,
/// some ten microseconds: waiting by spinning so long is at most twice as expensive as the best
/// choice in hindsight.
const WORTH_A_SLEEP: u32 = 400;

impl Wait {
    /// [`SpinThenYield`](Self::SpinThenYield) with the default number of spins.
    pub const fn spin_then_yield() -> Self {
        Self::SpinThenYield { spins: WORTH_A_SLEEP }
    }

    /// [`SpinThenPark`](Self::SpinThenPark) with the default number of spins; the default strategy.
    pub const fn spin_then_park() -> Self {
        Self::SpinThenPark { spins: WORTH_A_SLEEP }
    }

    /// Whether a context that waits like this may sleep, and so must be woken.
    pub const fn parks(self) -> bool {
        matches!(self, Self::SpinThenPark { .. } | Self::Park)
    }

    /// The idle turns in a row after which the context does something else than turn.
    pub const fn patience(self) -> u32 {
        match self {
            Self::Spin => u32::MAX,
            Self::SpinThenYield { spins } | Self::SpinThenPark { spins } => spins,
            Self::Park => 1,
        }
    }

    /// Its name, for people to read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spin => "spin",
            Self::SpinThenYield { .. } => "spin then yield",
            Self::SpinThenPark { .. } => "spin then park",
            Self::Park => "park",
        }
    }
}

impl Default for Wait {
    fn default() -> Self {
        Self::spin_then_park()
    }
}
