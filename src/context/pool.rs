//! Some threads that share their work: a target for what is split at run time, and for contexts that need no thread of their own.
//!
//! A pool has two sides.
//!
//! - **Fork and join**: [`join`], [`each`](each()), [`each_mut`] and the adaptors of [`BulkExt`](crate::adaptors::BulkExt) split one computation. What is forked lies in the frame of who forks it, and is taken by whoever has nothing to do, the oldest, which
//!   is the largest, first.
//! - **Contexts**: [`Pool`] is the scheduler of a context, and [`Pool::strand`] makes more. Each is run by *one worker at a time*,
//!   whichever is free; two of them may run side by side. So the [contract of a context](crate::context) holds for each: what is
//!   posted to one runs in the order of posting, a lane never runs twice at once, and no stage needs a lock for what it
//!   keeps. After some thousand turns a busy one goes to the back of the queue, which is first in first out.
//!
//! A lane that is attached to a pool is one of a context: it has a worker while it is busy, and rests, on no thread, when it is idle. For
//! lanes with a core of their own there is [`Cpu`](super::cpu::Cpu).

mod alarms;
mod asleep;
mod crew;
mod fork;
mod job;
mod latch;
mod seat;
mod shelf;
mod worker;

use std::fmt;
use std::io;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use super::cpu::Warning;
use super::realtime::ThreadSettings;
use super::{ContextRef, MayBlock, Scheduler};
use crate::affinity::{self, PinError};
use crate::alloc::Allocation;
use crate::panic_site::{self, Watch};
use crate::wait::Wait;
use crew::Crew;
pub(crate) use fork::{Part, Piece, spread};
pub use fork::{each, each_mut, join, workers};

use job::{Job, OfThread, Outcome, right};
use seat::{Face, Seat};
use worker::Worker;

/// A handle of some threads that share their work, and of one context on them; see the [module](self).
///
/// Clones are handles of the same context. Dropping the last handle, and the last graph that runs on one of the contexts, ends the
/// threads: what was posted before is run. A drop of the last handle joins them, unless it happens on one of them or graphs still run.
///
/// # Examples
///
/// ```
/// use fusewire::context::pool::Pool;
/// use fusewire::prelude::*;
///
/// let pool = Pool::builder().workers(2).build()?;
/// let graph = fuse! { just(20).then(on(pool.clone())).map(|n| n + 1) };
/// assert_eq!(block_on(graph), Completion::Value(21));
/// let (sum, product) = pool.join(|| (1..=10_u64).sum::<u64>(), || (1..=10_u64).product::<u64>());
/// assert_eq!((sum, product), (55, 3_628_800));
/// # Ok::<(), fusewire::context::pool::PoolError>(())
/// ```
#[derive(Clone)]
pub struct Pool {
    // First, so that it is gone when the threads are asked to end.
    context: ContextRef,
    shared: Arc<Shared>,
}

/// What all handles of a pool share.
struct Shared {
    crew: Arc<Crew>,
    name: String,
    allocation: Allocation,
    warnings: Vec<Warning>,
    // Empty only while it is dropped.
    hold: Option<Arc<Hold>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Whether the calling thread is one of a pool, which must not wait for what may lie behind its own work.
pub(crate) fn is_here() -> bool {
    Worker::with(|_| ()).is_some()
}

/// Keeps the threads at work: dropped with the last handle and the last user of a context.
struct Hold {
    crew: Arc<Crew>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.crew.close();
    }
}

impl Shared {
    fn is_here(&self) -> bool {
        Worker::with(|worker| Arc::ptr_eq(worker.crew(), &self.crew)) == Some(true)
    }

    /// Waits for the threads to end, unless this is one of them.
    fn join_threads(&self) {
        if self.is_here() {
            return;
        }
        // Under the lock, so that of two who end the pool at once both wait.
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // What runs on a worker is caught there; an error would be a panic that the panic hook has reported.
            let _ = thread.join();
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // `into_inner` is `Some` for exactly one of those who drop the last clones at once.
        if let Some(hold) = self.hold.take().and_then(Arc::into_inner) {
            drop(hold);
            self.join_threads();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("name", &self.context.name())
            .field("workers", &self.workers())
            .finish_non_exhaustive()
    }
}

impl Pool {
    /// What a pool is made of; nothing is started before `build`.
    pub fn builder() -> PoolBuilder {
        PoolBuilder::default()
    }

    /// How many threads it has.
    pub fn workers(&self) -> usize {
        self.shared.crew.workers()
    }

    /// What was asked for and refused by the system; the pool runs without it.
    pub fn warnings(&self) -> &[Warning] {
        &self.shared.warnings
    }

    /// A handle of the same threads with a context of its own, which may run beside the others.
    ///
    /// **Costs** a handful of allocations.
    #[must_use = "the context is used by its handle alone"]
    pub fn strand(&self) -> Self {
        let Shared { crew, name, allocation, hold, .. } = &*self.shared;
        // There until the last handle is dropped, and this is one.
        let Some(hold) = hold else { return self.clone() };
        let seat = Seat::new(crew, name, allocation);
        Self { context: Face::of(seat, Arc::clone(hold)), shared: Arc::clone(&self.shared) }
    }

    /// Runs `work` on one of the threads, and returns what it returns; the calling thread sleeps meanwhile.
    ///
    /// On one of the threads itself, and once the pool has ended, this is a call. A thread of another pool sleeps like any other,
    /// so that two pools must not install on each other.
    ///
    /// **Costs** no allocation.
    ///
    /// # Panics
    ///
    /// With the panic of `work`.
    pub fn install<F, T>(&self, work: F) -> T
    where
        F: FnOnce() -> T + Send,
        T: Send,
    {
        if self.shared.is_here() {
            return work();
        }
        let job = Job::new(OfThread(std::thread::current()), Watch::Task, work);
        // SAFETY: the job stays in this frame, which is not left before its latch is set, and what is inside is `Send`.
        self.shared.crew.post(unsafe { right(job.node()) });
        while !job.latch().is_set() {
            if job.latch().doze() {
                std::thread::park();
                job.latch().rouse();
            }
        }
        // SAFETY: its latch is set.
        match unsafe { job.take_outcome() } {
            Outcome::Returned(value) => value,
            Outcome::Panicked(caught) => caught.resume(),
            Outcome::GivenUp => {
                // SAFETY: it was given up, and this takes it once.
                let work = unsafe { job.take_work() };
                work()
            }
        }
    }

    /// Runs both functions, side by side if two of the threads have nothing better to do; see [`join`].
    ///
    /// # Panics
    ///
    /// As for [`join`].
    pub fn join<A, B, T, U>(&self, a: A, b: B) -> (T, U)
    where
        A: FnOnce() -> T + Send,
        B: FnOnce() -> U + Send,
        T: Send,
        U: Send,
    {
        self.install(|| join(a, b))
    }

    /// Ends the pool now, whoever still uses it: its contexts abandon what they run, and the threads end after what was forked
    /// is joined. Waits for them, unless this is one of them.
    pub fn end(&self) {
        self.shared.crew.end_contexts();
        self.shared.crew.close();
        self.shared.join_threads();
    }
}

impl Scheduler for Pool {
    type Runs = MayBlock;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

/// Makes a [`Pool`].
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is started before `build`"]
pub struct PoolBuilder {
    settings: ThreadSettings,
    workers: Option<usize>,
    cores: Vec<usize>,
    stack: Option<usize>,
}

impl PoolBuilder {
    /// The name of the pool's contexts and, with a number, of its threads; else `pool`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.settings.name = Some(name.into());
        self
    }

    /// How many threads; else one for each core that this process may use.
    pub const fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Pins the threads to these cores, one after the other; one thread for each unless `workers` says otherwise.
    pub fn cores(mut self, cores: impl IntoIterator<Item = usize>) -> Self {
        self.cores = cores.into_iter().collect();
        self
    }

    /// How a thread waits that finds nothing to do, and what it does while it joins what another has taken; else
    /// [`Wait::spin_then_park`]. A turn is a look at the queue and at what every other thread offers.
    pub const fn wait(mut self, wait: Wait) -> Self {
        self.settings.wait = wait;
        self
    }

    /// The bytes of stack of each thread; else what the standard library gives a thread. Forks lie on it, and while a worker joins
    /// it runs others on top.
    pub const fn stack(mut self, bytes: usize) -> Self {
        self.stack = Some(bytes);
        self
    }

    /// Where operations that are started here take their memory from, unless somebody says otherwise; else
    /// [`Recycling`](crate::alloc::Recycling).
    pub fn allocation(mut self, allocation: impl Into<Allocation>) -> Self {
        self.settings.allocation = allocation.into();
        self
    }

    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// When there are to be none, there is no such core, or the system refuses it or a thread. None is left then.
    pub fn build(self) -> Result<Pool, PoolError> {
        let Self { settings, workers, cores, stack } = self;
        let fallback = if cores.is_empty() { affinity::allowed().len().max(1) } else { cores.len() };
        let workers = workers.unwrap_or(fallback);
        if workers == 0 {
            return Err(PoolError::NoWorkers);
        }
        panic_site::install();
        let name = settings.name.clone().unwrap_or_else(|| "pool".to_owned());
        let crew = Crew::new(workers, settings.wait);
        let mut shared = Shared {
            hold: Some(Arc::new(Hold { crew: Arc::clone(&crew) })),
            name,
            allocation: settings.allocation.clone(),
            warnings: Vec::new(),
            threads: Mutex::default(),
            crew,
        };
        for index in 0..workers {
            let core = cores.get(index % cores.len().max(1)).copied();
            // Those that were started end with `shared`.
            shared.warnings.extend(start(
                &shared,
                index,
                stack,
                ThreadSettings { core, ..settings.clone() },
            )?);
        }
        shared.warnings.dedup();
        let seat = Seat::new(&shared.crew, &shared.name, &shared.allocation);
        let hold =
            Arc::clone(shared.hold.get_or_insert_with(|| Arc::new(Hold { crew: Arc::clone(&shared.crew) })));
        Ok(Pool { context: Face::of(seat, hold), shared: Arc::new(shared) })
    }
}

/// Starts one thread, and waits until it is what was asked for.
fn start(
    shared: &Shared,
    index: usize,
    stack: Option<usize>,
    settings: ThreadSettings,
) -> Result<Vec<Warning>, PoolError> {
    let (answer, answered) = sync_channel(1);
    let crew = Arc::clone(&shared.crew);
    let body = move || {
        let applied = settings.apply();
        let refused = applied.is_err();
        crew.enter(index);
        // The receiver waits for exactly this.
        drop(answer.send(applied));
        if refused {
            return crew.leave();
        }
        let watching = panic_site::watch(Watch::Task);
        Worker::new(crew, index).run();
        drop(watching);
    };
    let named = Builder::new().name(format!("{}{index}", shared.name));
    let thread = match stack.into_iter().fold(named, Builder::stack_size).spawn(body) {
        Ok(thread) => thread,
        Err(error) => return Err(PoolError::Thread(error)),
    };
    shared.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
    match answered.recv() {
        Ok(applied) => Ok(applied?),
        Err(_) => Err(PoolError::Thread(io::Error::other("a thread of the pool panicked while it started"))),
    }
}

/// Why a [`Pool`] could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum PoolError {
    /// It was to have no threads.
    NoWorkers,
    /// A thread could not be pinned.
    Pin(PinError),
    /// The system refused a thread.
    Thread(io::Error),
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWorkers => f.write_str(
                "a pool without threads runs nothing: ask for at least one by `workers`, or leave it out",
            ),
            Self::Pin(error) => error.fmt(f),
            Self::Thread(error) => write!(f, "the system refused a thread for a pool: {error}"),
        }
    }
}

impl std::error::Error for PoolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoWorkers => None,
            Self::Pin(error) => Some(error),
            Self::Thread(error) => Some(error),
        }
    }
}

impl From<PinError> for PoolError {
    fn from(error: PinError) -> Self {
        Self::Pin(error)
    }
}
