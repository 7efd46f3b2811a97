//! Where an io context sleeps: in mio's poller, so that events, wakes and timers all end the sleep.

use std::io;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Registry, Token, Waker};

use crate::context::host::{Park, Unpark};

/// What events of sockets carry. Which socket it was does not matter: after a sleep all are asked.
pub(super) const SOURCE: Token = Token(0);
const WAKE: Token = Token(1);

/// Sleeps in the poller.
#[derive(Debug)]
pub(super) struct Poller {
    poll: Poll,
    events: Events,
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
        Ok((Self { poll, events: Events::with_capacity(64) }, PollerWaker(waker), registry))
    }
}

impl Park for Poller {
    fn park(&mut self, deadline: Option<Instant>) {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if let Err(error) = self.poll.poll(&mut self.events, left) {
            // An interrupted sleep has merely ended early. Nothing else is expected; if it does
            // happen, the context goes on by asking its sockets now and then.
            if error.kind() != io::ErrorKind::Interrupted {
                std::thread::sleep(left.unwrap_or(Duration::MAX).min(Duration::from_millis(1)));
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
