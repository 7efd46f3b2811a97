//! Words that other processes ring, on which a parked thread sleeps beside its own.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::primitive::{Ordering, SharedU32};

/// Something outside of this process that a lane of the context waits for, and the word by which it is told.
pub trait Doorbell: fmt::Debug + Send + Sync {
    /// The context goes to sleep. False where its lanes must look once more instead.
    fn arm(&self) -> bool;

    /// The context is awake again, after `arm`.
    fn disarm(&self);

    /// Whether nobody waits here any more.
    fn is_gone(&self) -> bool;

    /// The word, and what it holds while nobody rang: that of a futex.
    fn word(&self) -> (&SharedU32, u32);
}

/// The doorbells of a thread, and the word by which this process wakes it.
#[derive(Debug, Default)]
pub(super) struct Doorbells {
    // INVARIANT: 1 from `unpark` until the next `park` begins or ends, else 0.
    own: SharedU32,
    bells: Mutex<Vec<Arc<dyn Doorbell>>>,
}

/// The words that one sleep can have; the first is the thread's own.
const MOST: usize = 32;

/// The longest sleep: a process that is killed while it rings leaves the sleeper to itself.
const LONGEST: Duration = Duration::from_millis(100);

/// The longest sleep on a system that knows no sleep on several words.
const SLICE: Duration = Duration::from_millis(1);

/// `struct futex_waitv` of the system.
#[derive(Clone, Copy)]
#[repr(C)]
struct Waiter {
    value: u64,
    address: u64,
    flags: u32,
    reserved: u32,
}

/// `FUTEX_32`; without the flag for private words.
const SHARED: u32 = 2;
const PRIVATE: u32 = SHARED | 128;

impl Waiter {
    fn new(word: &SharedU32, expected: u32, flags: u32) -> Self {
        Self { value: expected.into(), address: word.as_ptr() as u64, flags, reserved: 0 }
    }
}

impl Doorbells {
    /// Adds one; false if there are too many.
    pub(super) fn add(&self, bell: Arc<dyn Doorbell>) -> bool {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|bell| !bell.is_gone());
        let room = bells.len() < MOST - 1;
        if room {
            bells.push(bell);
        }
        room
    }

    pub(super) fn unpark(&self) {
        self.own.store(1, Ordering::SeqCst);
        // SAFETY: the word lives for the call; the system uses its address only.
        unsafe {
            let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
            libc::syscall(libc::SYS_futex, self.own.as_ptr(), operation, 1)
        };
    }

    pub(super) fn park(&self, deadline: Option<Instant>) {
        if self.own.swap(0, Ordering::SeqCst) != 0 {
            return;
        }
        // Taken out, so that nobody who adds one waits for this sleep to end.
        let mut bells = std::mem::take(&mut *self.bells.lock().unwrap_or_else(PoisonError::into_inner));
        bells.retain(|bell| !bell.is_gone());
        let refused = bells.iter().position(|bell| !bell.arm());
        if refused.is_none() {
            self.sleep(&bells, deadline);
        }
        // The one that refused is not armed.
        bells.iter().take(refused.unwrap_or(bells.len())).for_each(|bell| bell.disarm());
        self.own.swap(0, Ordering::SeqCst);
        let mut place = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.append(&mut place);
        *place = bells;
    }

    fn sleep(&self, bells: &[Arc<dyn Doorbell>], deadline: Option<Instant>) {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let time = if bells.is_empty() { left } else { Some(left.map_or(LONGEST, |left| left.min(LONGEST))) };
        let mut waiters = [Waiter::new(&self.own, 0, PRIVATE); MOST];
        let mut words = 1;
        for bell in bells.iter().take(MOST - 1) {
            let (word, expected) = bell.word();
            waiters[words] = Waiter::new(word, expected, SHARED);
            words += 1;
        }
        let until = time.map(monotonic);
        // SAFETY: the words live in what `bells` and `self` keep, and the rest for the call; the system only reads.
        let result = unsafe {
            libc::syscall(
                libc::SYS_futex_waitv,
                waiters.as_ptr(),
                words,
                0,
                until.as_ref().map_or(std::ptr::null(), std::ptr::from_ref),
                libc::CLOCK_MONOTONIC,
            )
        };
        if result < 0 && std::io::Error::last_os_error().raw_os_error() == Some(libc::ENOSYS) {
            // Linux before 5.16: woken at once by this process, and soon by another.
            let slice = time.map_or(SLICE, |time| time.min(SLICE));
            let slice = libc::timespec { tv_sec: 0, tv_nsec: slice.subsec_nanos() as libc::c_long };
            let operation = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
            // SAFETY: word and time live for the call, and the system only reads them.
            unsafe { libc::syscall(libc::SYS_futex, self.own.as_ptr(), operation, 0, &raw const slice) };
        }
    }
}

/// The system's clock, so much later than now.
fn monotonic(later: Duration) -> libc::timespec {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the place is valid for writing one `timespec`.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    let nanos = now.tv_nsec as u64 + u64::from(later.subsec_nanos());
    libc::timespec {
        tv_sec: now.tv_sec + later.as_secs() as libc::time_t + (nanos / 1_000_000_000) as libc::time_t,
        tv_nsec: (nanos % 1_000_000_000) as libc::c_long,
    }
}
