//! Pinned threads that do slices of jobs, contender by contender, between raw ping-pongs.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

/// What one thread does in a slice. Its state stays from slice to slice.
pub type Part = Box<dyn FnMut(&Slice) + Send>;

/// What the threads of a slice share.
pub struct Slice {
    /// Threads of the job that have pushed all that they push.
    pub done: CachePadded<AtomicUsize>,
}

/// One contender: a part for each thread.
pub struct Contender {
    pub name: &'static str,
    pub parts: Vec<Part>,
}

/// Something that every contender does.
pub struct Job {
    pub name: String,
    /// Values or trips in a slice, by which its time is divided.
    pub count: usize,
    /// Threads of each contender.
    pub threads: usize,
    /// The first is ours.
    pub make: Box<dyn Fn() -> Vec<Contender>>,
}

/// Trips of a ping-pong.
const TRIPS: u64 = 300;

/// Below this a raw trip stays inside of one cache.
const NEAR_BELOW_NANOS: f64 = 230.0;

/// Pushes to an edge or looks at one that found nothing before a thread gives its core away, if there
/// are more threads than cores.
pub const PATIENCE: u32 = 64;

/// How a thread waits.
pub struct Wait {
    looks: u32,
    patience: u32,
}

impl Wait {
    /// For a job of so many threads.
    pub fn of(threads: usize) -> Self {
        let cores = core_affinity::get_core_ids().map_or(1, |cores| cores.len());
        Self { looks: 0, patience: if threads > cores { PATIENCE } else { u32::MAX } }
    }

    #[inline(always)]
    pub fn idle(&mut self) {
        std::hint::spin_loop();
        self.looks += 1;
        if self.looks >= self.patience {
            self.looks = 0;
            thread::yield_now();
        }
    }

    #[inline(always)]
    pub fn found(&mut self) {
        self.looks = 0;
    }
}

/// The raw trip around a cycle in nanoseconds, and what each contender needed; none of one that was
/// disturbed.
type Cycle = (f64, Vec<Option<f64>>);

/// Runs a job for about that long and prints its rows.
pub fn run(job: &Job, budget: Duration) {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    if cores.len() < 2 {
        eprintln!("SKIPPED: {}: two cores are needed, {} found", job.name, cores.len());
        return;
    }
    // Made anew a few times: where memory lies makes a difference of some percent.
    let rounds = 3;
    let mut cycles: Vec<Cycle> = Vec::new();
    let mut names = Vec::new();
    for _ in 0..rounds {
        let contenders = (job.make)();
        names = contenders.iter().map(|contender| contender.name).collect();
        once(job, contenders, budget / rounds, &mut cycles, &cores);
    }
    // Threads that share cores are on both: the distance says nothing, and is not known.
    for place in ["near", "far", "shared"] {
        let is_there = |raw: f64| match place {
            "near" => raw < NEAR_BELOW_NANOS,
            "far" => raw >= NEAR_BELOW_NANOS,
            _ => raw.is_nan(),
        };
        let of: Vec<&Cycle> = cycles.iter().filter(|(raw, _)| is_there(*raw)).collect();
        for (which, name) in names.iter().enumerate() {
            let mut nanos: Vec<f64> = of.iter().filter_map(|(_, all)| all[which]).collect();
            let ratio = |all: &[Option<f64>]| Some(all[which]? / all[0]?);
            let mut ratios: Vec<f64> = of.iter().filter_map(|(_, all)| ratio(all)).collect();
            if ratios.len() < 5 {
                continue;
            }
            nanos.sort_by(f64::total_cmp);
            let cycles = ratios.len();
            let ratio = if which == 0 { "1".to_owned() } else { confident(&mut ratios) };
            let middle = nanos[nanos.len() / 2];
            println!("| {} | {place} | {name} | {middle:.1} | {ratio} | {cycles} |", job.name);
        }
    }
}

/// The median between the bounds in which it lies with a confidence of 95 %.
fn confident(values: &mut [f64]) -> String {
    values.sort_by(f64::total_cmp);
    let (half, spread) = (values.len() as f64 / 2.0, 0.98 * (values.len() as f64).sqrt());
    let at = |rank: f64| values[(rank.max(0.0) as usize).min(values.len() - 1)];
    format!("{:.2} [{:.2}-{:.2}]", at(half), at(half - spread), at(half + spread))
}

fn once(
    job: &Job,
    contenders: Vec<Contender>,
    budget: Duration,
    cycles: &mut Vec<Cycle>,
    cores: &[core_affinity::CoreId],
) {
    let count = contenders.len();
    let threads = job.threads.max(2);
    let mut parts: Vec<Vec<Part>> = (0..threads).map(|_| Vec::new()).collect();
    for contender in contenders {
        let mut own = contender.parts.into_iter();
        for thread in &mut parts {
            thread.push(own.next().unwrap_or_else(|| Box::new(|_| {})));
        }
    }
    let shared = Run {
        order: AtomicUsize::new(0),
        epoch: CachePadded::new(AtomicUsize::new(0)),
        finished: CachePadded::new(AtomicUsize::new(0)),
        slice: Slice { done: CachePadded::new(AtomicUsize::new(0)) },
        lines: [(); 2].map(|()| CachePadded::new(AtomicU64::new(0))),
        spans: (0..threads).map(|_| Mutex::new(None)).collect(),
        alone: threads <= cores.len(),
    };
    let shared = &shared;
    thread::scope(|scope| {
        let mut parts = parts.into_iter().enumerate();
        let (_, mut first) = parts.next().expect("a thread");
        for (number, mut own) in parts {
            scope.spawn(move || {
                pin(cores, number);
                let mut epoch = 0;
                loop {
                    while shared.epoch.load(Ordering::Acquire) == epoch {
                        shared.idle();
                    }
                    epoch += 1;
                    match shared.order.load(Ordering::Acquire) {
                        END => return,
                        which => shared.part(which, number, &mut own),
                    }
                    shared.finished.fetch_add(1, Ordering::AcqRel);
                }
            });
        }
        // One of the threads drives, so that nobody has to be woken for a slice.
        let (slice_count, used) = (job.count, job.threads);
        scope.spawn(move || {
            pin(cores, 0);
            let mut time = |which: usize, used: usize| -> Option<f64> {
                shared.slice.done.store(0, Ordering::Release);
                shared.finished.store(0, Ordering::Release);
                shared.lines.iter().for_each(|line| line.store(0, Ordering::Release));
                shared.order.store(which, Ordering::Release);
                shared.epoch.fetch_add(1, Ordering::AcqRel);
                if which == END {
                    return None;
                }
                shared.part(which, 0, &mut first);
                while shared.finished.load(Ordering::Acquire) != threads - 1 {
                    shared.idle();
                }
                let of: Vec<Span> =
                    shared.spans[..used].iter().filter_map(|span| *span.lock().expect("a span")).collect();
                if of.iter().any(|(_, _, disturbed)| *disturbed) {
                    return None;
                }
                let start = of.iter().map(|(start, ..)| *start).min()?;
                Some(of.iter().map(|(_, end, _)| end.duration_since(start)).max()?.as_nanos() as f64)
            };
            // Answers, and caches and predictors, before anything counts.
            for which in 0..count {
                time(which, used);
            }
            let begin = Instant::now();
            let mut cycle = 0;
            while begin.elapsed() < budget {
                let mut nanos = vec![None; count];
                let mut raws = vec![shared.alone.then(|| time(RAW, 2)).flatten()];
                for turn in 0..count {
                    let which = (cycle + turn) % count;
                    nanos[which] = time(which, used).map(|took| took / slice_count as f64);
                    raws.push(shared.alone.then(|| time(RAW, 2)).flatten());
                }
                cycle += 1;
                if !shared.alone {
                    cycles.push((f64::NAN, nanos));
                    continue;
                }
                let mut raws: Vec<f64> = raws.into_iter().flatten().map(|took| took / TRIPS as f64).collect();
                raws.sort_by(f64::total_cmp);
                let (Some(least), Some(most)) = (raws.first(), raws.last()) else {
                    continue;
                };
                // A cycle in which the cores were moved compares what cannot be compared.
                if (*least < NEAR_BELOW_NANOS) == (*most < NEAR_BELOW_NANOS) {
                    cycles.push((raws[raws.len() / 2], nanos));
                }
            }
            time(END, 0);
        });
    });
}

const RAW: usize = usize::MAX - 1;
const END: usize = usize::MAX;

/// When a thread began and ended, and whether it was switched out meanwhile.
type Span = (Instant, Instant, bool);

/// What the threads of a run share.
struct Run {
    order: AtomicUsize,
    epoch: CachePadded<AtomicUsize>,
    finished: CachePadded<AtomicUsize>,
    slice: Slice,
    lines: [CachePadded<AtomicU64>; 2],
    spans: Vec<Mutex<Option<Span>>>,
    /// No more threads than cores: nobody has to give his away.
    alone: bool,
}

impl Run {
    fn idle(&self) {
        if !self.alone {
            thread::yield_now();
        }
    }

    fn part(&self, which: usize, number: usize, own: &mut [Part]) {
        let before = involuntary_switches();
        let start = Instant::now();
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match which {
            RAW if number < 2 => ping_pong(&self.lines, number),
            RAW => {}
            which => own[which](&self.slice),
        }));
        if ran.is_err() {
            // The others wait for values that will not come.
            std::process::exit(1);
        }
        let end = Instant::now();
        // Where threads share a core, the system has to switch between them.
        let disturbed = self.alone && involuntary_switches() != before;
        *self.spans[number].lock().expect("a span") = Some((start, end, disturbed));
    }
}

fn pin(cores: &[core_affinity::CoreId], number: usize) {
    let core = cores[number % cores.len()];
    assert!(core_affinity::set_for_current(core), "core {} refuses to be pinned to", core.id);
}

/// How often the calling thread was made to give up its core so far.
fn involuntary_switches() -> i64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is valid for writing one `rusage`.
    let result = unsafe { libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) };
    assert_eq!(result, 0, "getrusage knows every thread");
    // SAFETY: all of it was zeroed, which is a valid `rusage`.
    unsafe { usage.assume_init() }.ru_nivcsw
}

/// One word in one cache line, there and back.
fn ping_pong(lines: &[CachePadded<AtomicU64>; 2], number: usize) {
    let [there, back] = lines;
    for trip in 1..=TRIPS {
        if number == 0 {
            there.store(trip, Ordering::Release);
            while back.load(Ordering::Acquire) != trip {}
        } else {
            while there.load(Ordering::Acquire) != trip {}
            back.store(trip, Ordering::Release);
        }
    }
}
