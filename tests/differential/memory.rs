//! Functions that make stages with a memory: what one makes tells whether it was called before.

use fusewire::prelude::*;

use super::Odd;

/// Adds how often it was called, and `from`.
pub(super) fn counting(from: u64) -> impl FnMut(u64) -> u64 + Send + Clone {
    let mut calls = from;
    move |x| {
        calls += 1;
        100 * x + calls
    }
}

/// As [`counting`], of an error.
pub(super) fn counting_errors() -> impl FnMut(Odd) -> Odd + Send + Clone {
    let mut count = counting(0);
    move |Odd(x)| Odd(count(x))
}

/// As [`counting`], by a sender.
pub(super) fn counting_later(from: u64) -> impl FnMut(u64) -> Counted + Send + Clone {
    let mut count = counting(from);
    move |x| just(count(x))
}

/// What [`counting_later`] makes.
pub(super) type Counted = fusewire::sources::Just<u64>;

/// As [`counting_later`], of an error.
pub(super) fn counting_mends(from: u64) -> impl FnMut(Odd) -> Counted + Send + Clone {
    let mut count = counting(from);
    move |Odd(x)| just(count(x))
}

/// The step of a `scan` that adds how often it was called.
pub(super) fn stepping() -> impl FnMut(&mut u64, u64) -> u64 + Send + Clone {
    let mut count = counting(0);
    move |state, x| {
        *state += count(x);
        *state
    }
}

/// Panics when it is called again.
pub(super) fn never_twice() -> impl FnMut(&u64) + Send + Clone {
    let mut called = false;
    move |_| assert!(!std::mem::replace(&mut called, true), "an arm begins anew with each pass")
}

/// As [`never_twice`], of a value.
pub(super) fn takes_once() -> impl FnMut(u64) + Send + Clone {
    let mut look = never_twice();
    move |x| look(&x)
}

/// Fails when it is called again.
pub(super) fn twice_is_odd() -> impl FnMut(u64) -> Result<u64, Odd> + Send + Clone {
    let mut called = false;
    move |x| if std::mem::replace(&mut called, true) { Err(Odd(x)) } else { Ok(x) }
}
