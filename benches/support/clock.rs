//! The cheapest clock.

use std::time::{Duration, Instant};

/// Ticks of the clock. It does not wait for earlier loads: a fence would keep the processor from
/// running ahead as it does in a real loop. The time between consecutive readings still adds up.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn ticks() -> u64 {
    use std::arch::x86_64::_rdtsc;
    // SAFETY: part of the base instruction set of x86-64.
    unsafe { _rdtsc() }
}

/// Nanoseconds, where there is no counter that is known to be cheap.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn ticks() -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// How long a tick is, measured against the system's clock.
pub(crate) fn nanos_per_tick() -> f64 {
    let (start, first) = (Instant::now(), ticks());
    while start.elapsed() < Duration::from_millis(50) {
        std::hint::spin_loop();
    }
    start.elapsed().as_nanos() as f64 / (ticks() - first) as f64
}
