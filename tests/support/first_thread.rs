//! The thread on which the harness waits for a test: it allocates for that, at a moment of its own.

/// Whether this thread is the process's first; where that cannot be asked, it is not.
#[cfg(target_os = "linux")]
pub(crate) fn is_first() -> bool {
    // SAFETY: it takes nothing.
    let thread = unsafe { libc::gettid() };
    // SAFETY: as above.
    let process = unsafe { libc::getpid() };
    thread == process
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn is_first() -> bool {
    false
}
