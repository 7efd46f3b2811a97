//! One clock for both engines, the exchange and the desk: nanoseconds since it was made.
//!
//! On x86-64 it reads the time stamp counter, which all cores share where the kernel itself trusts it as its clock
//! source; elsewhere, `Instant`.

use std::time::{Duration, Instant};

/// Copied into every thread that takes times, so that all of them compare.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Instant,
    #[cfg(target_arch = "x86_64")]
    counter: Option<Counter>,
}

#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
struct Counter {
    origin: u64,
    /// Nanoseconds per tick, in units of 2^-32.
    scale: u64,
}

impl Clock {
    /// Starts at 0 now. Takes 50 ms to learn how fast the counter runs.
    pub fn start() -> Clock {
        let origin = Instant::now();
        #[cfg(target_arch = "x86_64")]
        {
            Clock { origin, counter: Counter::calibrate() }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            Clock { origin }
        }
    }

    /// Nanoseconds since the start.
    #[inline(always)]
    pub fn now(&self) -> u64 {
        #[cfg(target_arch = "x86_64")]
        if let Some(counter) = self.counter {
            return counter.now();
        }
        self.origin.elapsed().as_nanos() as u64
    }

    /// What it reads, in words.
    pub fn describe(&self) -> &'static str {
        #[cfg(target_arch = "x86_64")]
        if self.counter.is_some() {
            return "time stamp counter";
        }
        "Instant"
    }

    /// What reading it costs, in nanoseconds.
    pub fn cost_ns(&self) -> f64 {
        const READS: u64 = 100_000;
        let begin = Instant::now();
        (0..READS).for_each(|_| {
            std::hint::black_box(self.now());
        });
        begin.elapsed().as_nanos() as f64 / READS as f64
    }

    /// Sleeps until this clock says `at`, or returns at once if it says so already.
    pub fn sleep_until(&self, at: u64) {
        while let Some(left) = at.checked_sub(self.now()).filter(|&left| left > 0) {
            std::thread::sleep(Duration::from_nanos(left));
        }
    }
}

#[cfg(target_arch = "x86_64")]
impl Counter {
    /// `None` where the kernel does not trust the counter: it may stop, change its pace, or differ between cores.
    fn calibrate() -> Option<Counter> {
        let trusted =
            std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource");
        let flags = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        if !(trusted.is_ok_and(|source| source.trim() == "tsc") || flags.contains("nonstop_tsc")) {
            return None;
        }
        let (from, origin) = (Instant::now(), read_counter());
        std::thread::sleep(Duration::from_millis(50));
        let (took, ticks) = (from.elapsed().as_nanos(), read_counter().wrapping_sub(origin));
        let scale = (took << 32).checked_div(u128::from(ticks))?;
        Some(Counter { origin, scale: u64::try_from(scale).ok()? })
    }

    #[inline(always)]
    fn now(self) -> u64 {
        let ticks = read_counter().wrapping_sub(self.origin);
        ((u128::from(ticks) * u128::from(self.scale)) >> 32) as u64
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn read_counter() -> u64 {
    // SAFETY: every x86-64 processor has the instruction; it only reads a counter.
    unsafe { core::arch::x86_64::_rdtsc() }
}
