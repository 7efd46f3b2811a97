//! `source`: any [`Source`] as a sender.

use std::time::Instant;

use crate::context::ContextRef;
use crate::context::timer::Timer;
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

/// Begins a graph with a [`Source`] of your own.
///
/// **Completes** with the source's next value or error, or as stopped when it has ended; inside
/// `start` if the source has something and the caller is on its home.
/// **Runs** on the source's home; without one, where it is started.
/// **Costs** what [`Source::take`] costs, and a posted task where the start came from elsewhere.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// struct Countdown(u32);
///
/// impl Source for Countdown {
///     type Value = u32;
///     type Error = Never;
///     fn take(&mut self) -> Taken<u32, Never> {
///         self.0 = self.0.saturating_sub(1);
///         if self.0 == 0 { Taken::Ended } else { Taken::Value(self.0) }
///     }
/// }
/// assert_eq!(block_on(source(Countdown(3))), Completion::Value(2));
/// ```
#[inline]
pub const fn source<S: Source + Send>(source: S) -> FromSource<S> {
    FromSource { source }
}

/// The sender of [`source`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct FromSource<S> {
    source: S,
}

impl<S: Source> Source for FromSource<S> {
    type Value = S::Value;
    type Error = S::Error;

    const BURSTS: bool = S::BURSTS;

    #[inline]
    fn home(&self) -> Option<ContextRef> {
        self.source.home()
    }

    #[inline]
    fn take(&mut self) -> Taken<S::Value, S::Error> {
        self.source.take()
    }

    #[inline]
    fn works(&self) -> bool {
        self.source.works()
    }

    #[inline]
    unsafe fn timer(&mut self) -> Option<&mut Timer> {
        // SAFETY: passed on; it is held by value and never replaced.
        unsafe { self.source.timer() }
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.source.deadline()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Source + Send> Sender for FromSource<S> {
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> = SourceOperation<S, R>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<S::Value, S::Error>,
    {
        SourceOperation::new(self.source, receiver, env)
    }
}
