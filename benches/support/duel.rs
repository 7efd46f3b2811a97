//! Two pinned threads run contenders in short slices, in turn, between raw ping-pongs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::clock::nanos_per_tick;
use super::pin::{involuntary_switches, pin, two_cores};
use super::placement::Placement;
use super::raw;
use super::samples::Samples;

/// One way of doing a job between two cores.
pub(crate) struct Contender {
    /// What is compared with what: contenders of one group do the same job.
    pub(crate) group: String,
    /// Which one this is.
    pub(crate) name: String,
    /// Repetitions per slice; a slice should take about a millisecond.
    pub(crate) repetitions: usize,
    /// Runs so many repetitions and notes how many ticks each sample took.
    pub(crate) timed: Box<dyn FnMut(usize, &mut Vec<u32>) + Send>,
    /// The other thread's part of as many repetitions.
    pub(crate) partner: Box<dyn FnMut(usize) + Send>,
}

/// What was measured of one contender in one placement.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// All samples of all clean slices.
    pub(crate) pooled: Samples,
    /// Median and 99th percentile of each clean slice in ticks, by cycle.
    pub(crate) slices: BTreeMap<usize, [f64; 2]>,
}

/// Everything that was measured.
#[derive(Debug)]
pub(crate) struct Results {
    /// By contender, in the order in which they were given, and placement.
    pub(crate) measured: Vec<BTreeMap<Placement, Measured>>,
    /// The raw ping-pong, by placement.
    pub(crate) raw: BTreeMap<Placement, Measured>,
    /// Length of a tick.
    pub(crate) nanos_per_tick: f64,
    /// Slices that were thrown away: a thread was moved or the placement changed meanwhile.
    pub(crate) dropped: usize,
    /// Slices that count.
    pub(crate) clean: usize,
    /// How often each contender had its turn.
    pub(crate) cycles: usize,
}

/// Round trips of a bracket.
const BRACKET: usize = 400;

/// The order that the driving thread gives to the other.
const NONE: usize = usize::MAX;
const END: usize = usize::MAX - 1;
const RAW: usize = usize::MAX - 2;

/// Runs contenders for about that long; an error says what the machine lacks.
///
/// They are made anew a few times: where their memory lies makes a difference of some percent.
pub(crate) fn run(make: impl Fn() -> Vec<Contender>, budget: Duration) -> Result<Results, String> {
    let mut all: Option<Results> = None;
    for _ in 0..if budget.is_zero() { 1 } else { ROUNDS } {
        let round = run_once(make(), budget / ROUNDS)?;
        match &mut all {
            Some(all) => all.append(round),
            None => all = Some(round),
        }
    }
    all.ok_or_else(|| "no time".to_owned())
}

/// How often the contenders are made anew.
const ROUNDS: u32 = 5;

fn run_once(contenders: Vec<Contender>, budget: Duration) -> Result<Results, String> {
    let [here, there] = two_cores()?;
    let (mut raw_timed, mut raw_partner) = raw::ping_pong();
    let mut results = Results {
        measured: contenders.iter().map(|_| BTreeMap::new()).collect(),
        raw: BTreeMap::new(),
        nanos_per_tick: nanos_per_tick(),
        dropped: 0,
        clean: 0,
        cycles: 0,
    };
    let mut timed = Vec::new();
    let mut partners = Vec::new();
    for contender in contenders {
        timed.push((contender.repetitions, contender.timed));
        partners.push((contender.repetitions, contender.partner));
    }
    let order = AtomicUsize::new(NONE);
    let partner_switches = AtomicI64::new(0);

    thread::scope(|scope| {
        scope.spawn(|| {
            pin(there);
            loop {
                let which = order.load(Ordering::Acquire);
                match which {
                    NONE => continue,
                    END => return,
                    _ => {}
                }
                let before = involuntary_switches();
                match partners.get_mut(which) {
                    Some((repetitions, partner)) => partner(*repetitions),
                    None => raw_partner(BRACKET),
                }
                partner_switches.store(involuntary_switches() - before, Ordering::Relaxed);
                order.store(NONE, Ordering::Release);
            }
        });
        pin(here);

        /// Lets the other thread end also if an assertion fails here.
        struct End<'o>(&'o AtomicUsize);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                self.0.store(END, Ordering::Release);
            }
        }
        let end = End(&order);
        let mut stamps = Vec::with_capacity(1 << 16);
        let mut slice = |which: usize, results: &mut dyn FnMut(usize, &mut Vec<u32>), repetitions| {
            stamps.clear();
            let before = involuntary_switches();
            end.0.store(which, Ordering::Release);
            results(repetitions, &mut stamps);
            while end.0.load(Ordering::Acquire) != NONE {}
            let undisturbed =
                involuntary_switches() == before && partner_switches.load(Ordering::Relaxed) == 0;
            // The first trips pay for cold caches and predictors, which is not what is compared.
            let warm = if stamps.len() > 100 { 50 } else { 0 };
            undisturbed.then(|| stamps[warm..].to_vec())
        };

        let start = Instant::now();
        let mut cycle = 0;
        while start.elapsed() < budget || cycle == 0 {
            let mut before = slice(RAW, &mut raw_timed, BRACKET);
            for turn in 0..timed.len() {
                // Another one begins in each cycle, so that none always follows the same neighbour.
                let which = (turn + cycle) % timed.len();
                let (repetitions, contender) = &mut timed[which];
                let stamps = slice(which, contender, *repetitions);
                let after = slice(RAW, &mut raw_timed, BRACKET);
                let clean = results.placement(before.as_deref(), after.as_deref()).zip(stamps);
                match clean {
                    None => results.dropped += 1,
                    Some((placement, stamps)) => {
                        results.clean += 1;
                        results.measured[which].entry(placement).or_default().add(cycle, &stamps);
                        if let Some(after) = &after {
                            results.raw.entry(placement).or_default().add(cycle, after);
                        }
                    }
                }
                before = after;
            }
            cycle += 1;
        }
        results.cycles = cycle;
    });
    Ok(results)
}

impl Results {
    fn placement(&self, before: Option<&[u32]>, after: Option<&[u32]>) -> Option<Placement> {
        let median = |stamps: &[u32]| Samples::of(stamps).percentile(0.5) * self.nanos_per_tick;
        Placement::of(median(before?), median(after?))
    }
}

impl Results {
    fn append(&mut self, later: Self) {
        let first = self.cycles;
        let append = |all: &mut BTreeMap<Placement, Measured>, more: BTreeMap<Placement, Measured>| {
            for (placement, more) in more {
                let all = all.entry(placement).or_default();
                all.pooled.append(more.pooled);
                all.slices.extend(more.slices.into_iter().map(|(cycle, figures)| (first + cycle, figures)));
            }
        };
        for (all, more) in self.measured.iter_mut().zip(later.measured) {
            append(all, more);
        }
        append(&mut self.raw, later.raw);
        self.dropped += later.dropped;
        self.clean += later.clean;
        self.cycles += later.cycles;
    }
}

impl Measured {
    fn add(&mut self, cycle: usize, stamps: &[u32]) {
        let samples = Samples::of(stamps);
        self.pooled.extend(stamps);
        self.slices.insert(cycle, [samples.percentile(0.5), samples.percentile(0.99)]);
    }
}
