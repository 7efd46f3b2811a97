//! Two cores, and whether a thread was disturbed on its own.

use std::sync::LazyLock;

use core_affinity::CoreId;

/// The first two cores that this process may use, or a sentence that says why not.
///
/// Asked once, as the answer shrinks to one core when the asking thread is pinned.
pub(crate) fn two_cores() -> Result<[CoreId; 2], String> {
    static CORES: LazyLock<Vec<CoreId>> = LazyLock::new(|| core_affinity::get_core_ids().unwrap_or_default());
    match CORES[..] {
        [first, second, ..] => Ok([first, second]),
        _ => Err(format!("two cores are needed, {} found", CORES.len())),
    }
}

/// Pins the calling thread, or panics: a figure from an unpinned thread means nothing.
pub(crate) fn pin(core: CoreId) {
    assert!(core_affinity::set_for_current(core), "core {} refuses to be pinned to", core.id);
}

/// How often the calling thread was made to give up its core so far.
pub(crate) fn involuntary_switches() -> i64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is valid for writing one `rusage`.
    let result = unsafe { libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) };
    assert_eq!(result, 0, "getrusage knows every thread");
    // SAFETY: all of it was zeroed, which is a valid `rusage`.
    unsafe { usage.assume_init() }.ru_nivcsw
}
