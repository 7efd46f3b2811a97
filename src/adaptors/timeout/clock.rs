//! What a pass is timed by.

use std::pin::Pin;
use std::time::{Duration, Instant};

use pin_project::pin_project;

use crate::completion::{Never, Started};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::SourceOperation;
use crate::sources::{After, after, at};

/// Completes when the time of a pass is over.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    limit: Limit,
}

#[derive(Debug, Clone, Copy)]
enum Limit {
    /// So long after each start.
    After(Duration),
    /// At this moment.
    At(Instant),
}

impl Clock {
    pub(crate) const fn every_pass(limit: Duration) -> Self {
        Self { limit: Limit::After(limit) }
    }

    pub(crate) const fn once(moment: Instant) -> Self {
        Self { limit: Limit::At(moment) }
    }

    const fn wound(self) -> After {
        match self.limit {
            Limit::After(delay) => after(delay),
            Limit::At(moment) => at(moment),
        }
    }
}

impl Sender for Clock {
    type Value = ();
    type Error = Never;
    type Operation<R: Receiver<(), Never>> = ClockOperation<R>;

    fn connect<R: Receiver<(), Never>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        ClockOperation { clock: self, inner: SourceOperation::new(self.wound(), receiver, env) }
    }
}

/// The operation of [`Clock`]: winds it up at each start.
#[pin_project]
pub struct ClockOperation<R> {
    clock: Clock,
    #[pin]
    inner: SourceOperation<After, R>,
}

opaque!(ClockOperation<R>);

// SAFETY: `receiver` is that of the operation inside, which got it from `connect`.
unsafe impl<R: Receiver<(), Never>> Operation for ClockOperation<R> {
    type Value = ();
    type Error = Never;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<(), Never> {
        let this = self.project();
        let mut inner = this.inner;
        inner.as_mut().ask(this.clock.wound());
        // SAFETY: passed on to the caller.
        unsafe { inner.start() }
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().inner.receiver()
    }
}
