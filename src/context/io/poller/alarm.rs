//! A timer that ends a sleep in the poller on the microsecond: a `timerfd`.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

const ALARM: Token = Token(2);

/// Rings once at the moment that was last set.
#[derive(Debug)]
pub(super) struct Alarm {
    timer: OwnedFd,
    // What it was last set to.
    moment: Option<Instant>,
}

impl Alarm {
    /// An alarm that ends sleeps in the poller of `registry`.
    pub(super) fn new(registry: &Registry) -> io::Result<Self> {
        let flags = libc::TFD_NONBLOCK | libc::TFD_CLOEXEC;
        // SAFETY: the call takes numbers alone.
        let timer = unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, flags) };
        if timer < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor is open and nobody else has it.
        let timer = unsafe { OwnedFd::from_raw_fd(timer) };
        // Events are told once each, so that the timer's count need not be read.
        registry.register(&mut SourceFd(&timer.as_raw_fd()), ALARM, Interest::READABLE)?;
        Ok(Self { timer, moment: None })
    }

    /// Lets it ring at `moment`, which is `left` away; one system call, unless it is set so already.
    pub(super) fn set(&mut self, moment: Instant, left: Duration) -> io::Result<()> {
        if self.moment == Some(moment) {
            return Ok(());
        }
        let never = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let seconds = libc::time_t::try_from(left.as_secs()).unwrap_or(libc::time_t::MAX);
        let value = libc::timespec { tv_sec: seconds, tv_nsec: left.subsec_nanos() as _ };
        let value = libc::itimerspec { it_interval: never, it_value: value };
        // SAFETY: the descriptor is a timer, `value` outlives the call, and the old value is not
        // asked for.
        let set =
            unsafe { libc::timerfd_settime(self.timer.as_raw_fd(), 0, &raw const value, ptr::null_mut()) };
        if set != 0 {
            return Err(io::Error::last_os_error());
        }
        self.moment = Some(moment);
        Ok(())
    }
}
