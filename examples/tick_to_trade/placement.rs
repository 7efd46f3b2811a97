//! Which thread runs where, and what keeps the exchange and the gateway from disturbing what is measured.

use crate::args::Args;
use crate::engine::pin;
use crate::parts::input::BadInput;

/// The cores of the four threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Reads packets, sends orders.
    pub io: usize,
    /// Scores rows.
    pub compute: usize,
    /// Sends packets, takes orders.
    pub others: usize,
}

impl Placement {
    /// Puts the two engine threads on the last two cores, or where the user says, and the other two threads on a
    /// third core if there is one, else on the io core.
    ///
    /// # Errors
    /// A core that the user names is not there.
    pub fn new(args: &Args) -> Result<Placement, BadInput> {
        let mut cores: Vec<usize> =
            core_affinity::get_core_ids().unwrap_or_default().iter().map(|id| id.id).collect();
        cores.sort_unstable();
        let known = cores.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        for (option, core) in [("--io-core", args.io_core), ("--compute-core", args.compute_core)] {
            if let Some(core) = core.filter(|core| !cores.contains(core)) {
                return Err(BadInput::new(format!(
                    "{option} {core}: this process may use the cores {known}"
                )));
            }
        }
        let free =
            |taken: &[Option<usize>]| cores.iter().rev().copied().find(|core| !taken.contains(&Some(*core)));
        let last = cores.last().copied().unwrap_or(0);
        let compute = args.compute_core.or_else(|| free(&[args.io_core])).unwrap_or(last);
        let io = args.io_core.or_else(|| free(&[Some(compute)])).unwrap_or(compute);
        Ok(Placement { io, compute, others: free(&[Some(io), Some(compute)]).unwrap_or(io) })
    }

    /// Whether the exchange and the gateway have a core of their own.
    pub fn is_roomy(&self) -> bool {
        self.others != self.compute && self.others != self.io
    }

    /// The placement in words.
    pub fn describe(&self) -> String {
        let Placement { io, compute, others } = self;
        let shared = if self.is_roomy() {
            format!("exchange and gateway on core {others}, away from both")
        } else {
            format!(
                "exchange and gateway share core {others}: the exchange runs only to send a packet and is asleep again when \
                 the engine gets it, the gateway looks at its stream every 10 ms"
            )
        };
        format!("io on core {io}, compute on core {compute}; {shared}")
    }
}

/// Settles the exchange's thread: its core, exact timers, and, where it shares a core and sleeps between packets,
/// precedence over the spinning thread there. Returns what the system refused.
pub fn settle_exchange(placement: &Placement, paced: bool) -> Option<String> {
    let mut refused = pin(placement.others).err().map(|error| error.to_string());
    #[cfg(target_os = "linux")]
    {
        // SAFETY: the call only sets how much later than asked this thread's timers may fire: a nanosecond.
        unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1_u64) };
        if paced && !placement.is_roomy() {
            let parameters = libc::sched_param { sched_priority: 1 };
            // SAFETY: the parameters live through the call, which changes this thread alone.
            if unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &raw const parameters) } != 0 {
                let error = std::io::Error::last_os_error();
                refused =
                    Some(format!("the exchange may not run under SCHED_FIFO ({error}): it will wake late"));
            }
        }
    }
    refused
}
