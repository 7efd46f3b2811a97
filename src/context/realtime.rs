//! What a thread asks of the system so that it is not disturbed, and what the system answers.

use std::fmt;

use super::host::HostSettings;
use crate::affinity::{self, PinError};
use crate::alloc::Allocation;
use crate::wait::Wait;

/// Something that was asked for and that the system refused, or that it limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What the builder of a context with a thread is told.
#[derive(Debug, Clone)]
pub(super) struct ThreadSettings {
    pub(super) name: Option<String>,
    pub(super) core: Option<usize>,
    pub(super) wait: Wait,
    pub(super) fifo: Option<u8>,
    pub(super) lock_memory: bool,
    pub(super) allocation: Allocation,
}

/// The methods by which the builder of a context with a thread is told its `settings`.
macro_rules! thread_setters {
    ($kind:literal) => {
        #[doc = concat!("The name of the context and of its thread; else `", $kind, "`, with the number of its core.")]
        pub fn name(mut self, name: impl Into<String>) -> Self {
            self.settings.name = Some(name.into());
            self
        }

        /// Pins the thread to this core; else the system moves it about.
        pub const fn core(mut self, core: usize) -> Self {
            self.settings.core = Some(core);
            self
        }

        /// How it waits; else [`Wait::spin_then_park`](crate::wait::Wait::spin_then_park).
        pub const fn wait(mut self, wait: $crate::wait::Wait) -> Self {
            self.settings.wait = wait;
            self
        }

        /// Asks for the real-time policy `SCHED_FIFO` with this priority, 1 to 99.
        ///
        /// Where the system refuses, the context runs without and its `warnings` say so.
        pub const fn fifo(mut self, priority: u8) -> Self {
            self.settings.fifo = Some(priority);
            self
        }

        /// Asks that the memory of the whole process, present and future, be kept resident.
        ///
        /// Where the system refuses, the context runs without and its `warnings` say so.
        pub const fn lock_memory(mut self, lock: bool) -> Self {
            self.settings.lock_memory = lock;
            self
        }

        /// Where operations that are started here take their memory from, unless somebody says otherwise; else
        /// [`Recycling`](crate::alloc::Recycling).
        pub fn allocation(mut self, allocation: impl Into<$crate::alloc::Allocation>) -> Self {
            self.settings.allocation = allocation.into();
            self
        }
    };
}
pub(super) use thread_setters;

impl Default for ThreadSettings {
    fn default() -> Self {
        Self {
            name: None,
            core: None,
            wait: Wait::default(),
            fifo: None,
            lock_memory: false,
            allocation: Allocation::Recycling,
        }
    }
}

impl ThreadSettings {
    /// For a context of family `kind`, named after it and its core unless it has a name.
    pub(super) fn host(&self, kind: &'static str) -> HostSettings {
        let named = || self.core.map_or(kind.to_owned(), |core| format!("{kind}{core}"));
        let name = self.name.clone().unwrap_or_else(named);
        HostSettings { name, kind, core: self.core, wait: self.wait }
    }

    /// Makes the calling thread what was asked for, as far as the system lets it.
    pub(super) fn apply(&self) -> Result<Vec<Warning>, PinError> {
        self.core.map_or(Ok(()), affinity::pin)?;
        let mut warnings = Vec::new();
        if let Some(priority) = self.fifo {
            warnings.extend(fifo(priority, self.wait));
        }
        if self.lock_memory {
            warnings.extend(lock_memory());
        }
        if self.wait.parks() {
            exact_timers();
        }
        Ok(warnings)
    }
}

fn refused(what: &str, error: &std::io::Error, hint: &str) -> Warning {
    Warning { text: format!("{what} was refused ({error}): {hint}") }
}

/// Makes the calling thread a `SCHED_FIFO` thread.
#[cfg(target_os = "linux")]
fn fifo(priority: u8, wait: Wait) -> Option<Warning> {
    let parameters = libc::sched_param { sched_priority: i32::from(priority) };
    // A child of this thread starts with the ordinary policy again.
    let policy = libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK;
    // SAFETY: 0 is the calling thread, and the parameters outlive the call.
    if unsafe { libc::sched_setscheduler(0, policy, &raw const parameters) } == 0 {
        return throttled(wait);
    }
    let error = std::io::Error::last_os_error();
    let hint = match error.raw_os_error() {
        Some(libc::EINVAL) => "priorities are 1 to 99; the thread keeps the ordinary policy",
        Some(libc::EPERM) => {
            "it takes CAP_SYS_NICE or an rtprio limit (ulimit -r); the thread keeps the ordinary policy"
        }
        _ => "the thread keeps the ordinary policy",
    };
    Some(refused(&format!("SCHED_FIFO with priority {priority}"), &error, hint))
}

/// The kernel takes the core from a `SCHED_FIFO` thread that spins, unless it was told not to.
#[cfg(target_os = "linux")]
fn throttled(wait: Wait) -> Option<Warning> {
    let path = "/proc/sys/kernel/sched_rt_runtime_us";
    let budget = std::fs::read_to_string(path).ok()?;
    let limited = !wait.parks() && budget.trim() != "-1";
    limited.then(|| Warning {
        text: format!(
            "SCHED_FIFO was granted, but a thread that never sleeps is stopped for some 50 ms of each second while {path} is {}: write -1 to it, or let the context park",
            budget.trim()
        ),
    })
}

/// Keeps the memory of the process resident.
#[cfg(target_os = "linux")]
fn lock_memory() -> Option<Warning> {
    // SAFETY: the call takes flags alone.
    if unsafe { libc::mlockall(libc::MCL_CURRENT | libc::MCL_FUTURE) } == 0 {
        return None;
    }
    let error = std::io::Error::last_os_error();
    let hint = "it takes CAP_IPC_LOCK or a memlock limit (ulimit -l) above the size of the process; \
                the first touch of a page may still stall";
    Some(refused("locking memory by mlockall", &error, hint))
}

/// Lets a sleep of the calling thread end when it was asked to, not up to 50 microseconds later.
#[cfg(target_os = "linux")]
fn exact_timers() {
    let slack: libc::c_ulong = 1;
    // SAFETY: the call takes numbers alone. It cannot fail for the calling thread; if it did,
    // timers would be less exact, as they are elsewhere.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, slack) };
}

#[cfg(not(target_os = "linux"))]
fn unsupported(what: &str) -> Warning {
    let error = std::io::Error::from(std::io::ErrorKind::Unsupported);
    refused(what, &error, "this is done on Linux only")
}

#[cfg(not(target_os = "linux"))]
fn fifo(priority: u8, _: Wait) -> Option<Warning> {
    Some(unsupported(&format!("SCHED_FIFO with priority {priority}")))
}

#[cfg(not(target_os = "linux"))]
fn lock_memory() -> Option<Warning> {
    Some(unsupported("locking memory"))
}

#[cfg(not(target_os = "linux"))]
fn exact_timers() {}
