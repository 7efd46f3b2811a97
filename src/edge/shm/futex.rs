//! Sleeping on a word that several processes have mapped.

use std::time::Duration;

use crate::primitive::SharedU32;

/// The longest that anybody sleeps on such a word.
///
/// Whoever wakes a sleeper first takes its mark away, and then makes the system call. One that is killed between the two leaves it
/// asleep, and nobody else would wake it.
pub(crate) const LONGEST: Duration = Duration::from_millis(100);

/// Sleeps while the word is `expected`, until somebody wakes it, a signal comes, or the time is up.
pub(crate) fn wait(word: &SharedU32, expected: u32, at_most: Duration) {
    let at_most = at_most.min(LONGEST);
    let time = libc::timespec {
        tv_sec: at_most.as_secs() as libc::time_t,
        tv_nsec: at_most.subsec_nanos() as libc::c_long,
    };
    // Without FUTEX_PRIVATE_FLAG: the other side is another process.
    // SAFETY: word and time live for the call, and the system only reads them.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, expected, &raw const time) };
}

/// Wakes everybody who sleeps on the word.
#[cold]
pub(crate) fn wake(word: &SharedU32) {
    // SAFETY: the word lives for the call; the system uses its address only.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX) };
}
