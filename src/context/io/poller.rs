//! Where an io context sleeps: in mio's poller, so that events, wakes and timers all end the sleep.

use std::io;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Registry, Token, Waker};

use crate::context::host::{Park, Unpark};

#[cfg(target_os = "linux")]
mod alarm;

/// What events of sockets carry. Which socket it was does not matter: after a sleep all are asked.
pub(super) const SOURCE: Token = Token(0);
const WAKE: Token = Token(1);

/// Sleeps in the poller.
#[derive(Debug)]
pub(super) struct Poller {
    poll: Poll,
    events: Events,
    // The poller's own time limit is a whole number of milliseconds.
    #[cfg(target_os = "linux")]
    alarm: alarm::Alarm,
}

/// Wakes a [`Poller`]: through an eventfd on Linux.
#[derive(Debug)]
pub(super) struct PollerWaker(Waker);

impl Poller {
    /// A poller, what wakes it, and where sources are registered.
    pub(super) fn new() -> io::Result<(Self, PollerWaker, Registry)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let registry = poll.registry().try_clone()?;
        let poller = Self {
            #[cfg(target_os = "linux")]
            alarm: alarm::Alarm::new(&registry)?,
            poll,
            events: Events::with_capacity(64),
        };
        Ok((poller, PollerWaker(waker), registry))
    }

    /// How long the poller itself is to limit the sleep that ends at `deadline`.
    #[cfg(target_os = "linux")]
    fn limit(&mut self, deadline: Instant, left: Duration) -> Option<Duration> {
        if left.is_zero() || self.alarm.set(deadline, left).is_err() { Some(left) } else { None }
    }

    #[cfg(not(target_os = "linux"))]
    fn limit(&mut self, _: Instant, left: Duration) -> Option<Duration> {
        Some(left)
    }
}

impl Park for Poller {
    fn park(&mut self, deadline: Option<Instant>) {
        let limit = deadline.and_then(|deadline| {
            let left = deadline.saturating_duration_since(Instant::now());
            self.limit(deadline, left)
        });
        if let Err(error) = self.poll.poll(&mut self.events, limit) {
            // An interrupted sleep has merely ended early. Nothing else is expected; if it does
            // happen, the context goes on by asking its sockets now and then.
            if error.kind() != io::ErrorKind::Interrupted {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

impl Unpark for PollerWaker {
    fn unpark(&self) {
        // A full eventfd is a pending wake already, which mio sees to; nothing else can go wrong
        // while the poller exists.
        let _ = self.0.wake();
    }
}
