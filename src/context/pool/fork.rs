//! Fork and join by hand: two functions, or the parts of a range or of a slice, side by side.

use std::ops::Range;

use super::job::{Job, OfWorker, Outcome};
use super::worker::Worker;
use crate::panic_site;

/// Runs both functions, the second on another worker if one has nothing better to do, and returns what both return.
///
/// On a thread that is no worker of a [`Pool`](super::Pool) one runs after the other; [`Pool::join`](super::Pool::join) goes to a
/// worker first. While this one waits for the other it runs what it and others have forked, so a join is no place
/// to hold a lock, and a function that is forked must not wait for a context of the pool: it may run above that context's own turn. What runs on another worker counts as being on no [context](crate::context::current).
///
/// **Costs** no allocation and, as long as nobody is short of work, no atomic operation but a load: the second function lies in
/// this frame, and is shown to others only while few older ones of this worker are.
///
/// rayon: `join`. TooManyCooks: `fork_group`. C++26: `when_all` of two `starts_on` a parallel scheduler.
///
/// # Panics
///
/// With the panic of `a`, and then `b` may not have run; or else with that of `b`.
///
/// # Examples
///
/// ```
/// use fusewire::context::pool::{Pool, join};
///
/// fn fib(n: u64) -> u64 {
///     if n < 2 {
///         return n;
///     }
///     let (a, b) = join(|| fib(n - 1), || fib(n - 2));
///     a + b
/// }
///
/// let pool = Pool::builder().workers(2).build()?;
/// assert_eq!(pool.install(|| fib(20)), 6765);
/// # Ok::<(), fusewire::context::pool::PoolError>(())
/// ```
#[inline]
pub fn join<A, B, T, U>(a: A, b: B) -> (T, U)
where
    A: FnOnce() -> T + Send,
    B: FnOnce() -> U + Send,
    T: Send,
    U: Send,
{
    // SAFETY: it is used in this frame alone.
    match unsafe { Worker::here() } {
        Some(worker) => join_on(worker, a, b),
        None => (a(), b()),
    }
}

/// The frame of a fork that is left before it was joined, because its first function panicked.
struct Left<'j, B: FnOnce() -> U + Send, U: Send> {
    worker: &'j Worker,
    job: &'j Job<OfWorker, B, U>,
}

impl<B: FnOnce() -> U + Send, U: Send> Drop for Left<'_, B, U> {
    #[cold]
    fn drop(&mut self) {
        if self.worker.join(self.job.node()) {
            // SAFETY: the fork was taken back.
            drop(unsafe { self.job.take_work() });
        } else {
            let aside = panic_site::aside();
            self.worker.wait(self.job.latch());
            drop(aside);
            // SAFETY: its latch is set. One panic goes on; that of the other function is forgotten.
            drop(unsafe { self.job.take_outcome() });
        }
    }
}

#[inline(always)]
fn join_on<A, B, T, U>(worker: &Worker, a: A, b: B) -> (T, U)
where
    A: FnOnce() -> T + Send,
    B: FnOnce() -> U + Send,
    T: Send,
    U: Send,
{
    let job = Job::new(OfWorker(worker.index()), worker.watch(), b);
    let left = Left { worker, job: &job };
    // SAFETY: the job stays in this frame, which is not left before it was joined or waited for, also not by a panic; frames nest.
    unsafe { worker.fork(job.node()) };
    let t = a();
    std::mem::forget(left);
    if worker.join(job.node()) {
        // SAFETY: the fork was taken back.
        let b = unsafe { job.take_work() };
        return (t, b());
    }
    (t, wait(worker, &job))
}

/// What another worker made of a fork.
#[cold]
fn wait<B: FnOnce() -> U + Send, U: Send>(worker: &Worker, job: &Job<OfWorker, B, U>) -> U {
    worker.wait(job.latch());
    // SAFETY: its latch is set.
    match unsafe { job.take_outcome() } {
        Outcome::Returned(value) => value,
        Outcome::Panicked(caught) => caught.resume(),
        Outcome::GivenUp => unreachable!("only what waits in the queue is given up, and a fork never does"),
    }
}

/// Runs `each` for all of `0..n`, up to `chunk` indices per call, on whichever workers have nothing better to do.
///
/// The chunks begin at multiples of `chunk`. A worker takes chunks from the front of what it has; when others could use
/// more it leaves them the back half. On a thread that is no worker of a pool one chunk runs after the other. A `chunk` of 0 is 1.
///
/// **Costs** no allocation. Per chunk one load; a fork per piece that another worker takes.
///
/// # Panics
///
/// With the panic of one of the calls; others may then not have been made.
pub fn each<F>(n: usize, chunk: usize, each: F)
where
    F: Fn(Range<usize>) + Sync,
{
    spread(0..n, chunk.max(1), &|| false, &each);
}

/// Runs `each` for all parts of `slice` of up to `chunk` elements, with the index of the first of them.
///
/// As [`each`](each()), for what may be changed: every element is in one part.
///
/// # Panics
///
/// As for [`each`](each()).
///
/// # Examples
///
/// ```
/// use fusewire::context::pool::{self, Pool};
///
/// let pool = Pool::builder().workers(2).build()?;
/// let mut squares = [0; 1000];
/// pool.install(|| pool::each_mut(&mut squares, 64, |first, part| {
///     for (at, square) in (first..).zip(part) {
///         *square = at * at;
///     }
/// }));
/// assert_eq!(squares[31], 961);
/// # Ok::<(), fusewire::context::pool::PoolError>(())
/// ```
pub fn each_mut<T, F>(slice: &mut [T], chunk: usize, each: F)
where
    T: Send,
    F: Fn(usize, &mut [T]) + Sync,
{
    spread(Part { first: 0, slice }, chunk.max(1), &|| false, &|part: Part<'_, T>| {
        each(part.first, part.slice)
    });
}

/// The number of workers of the pool that the calling thread works for; 1 elsewhere.
pub fn workers() -> usize {
    Worker::with(|worker| worker.crew().workers()).unwrap_or(1)
}

/// Something that can be cut in two.
pub(crate) trait Piece: Sized + Send {
    fn len(&self) -> usize;

    /// The first `at`, and what is behind.
    fn split(self, at: usize) -> (Self, Self);
}

impl Piece for Range<usize> {
    #[inline]
    fn len(&self) -> usize {
        self.end - self.start
    }

    #[inline]
    fn split(self, at: usize) -> (Self, Self) {
        let middle = self.start + at;
        (self.start..middle, middle..self.end)
    }
}

/// A part of a slice, and where it begins.
pub(crate) struct Part<'s, T> {
    pub(crate) first: usize,
    pub(crate) slice: &'s mut [T],
}

impl<T: Send> Piece for Part<'_, T> {
    #[inline]
    fn len(&self) -> usize {
        self.slice.len()
    }

    #[inline]
    fn split(self, at: usize) -> (Self, Self) {
        let (head, tail) = self.slice.split_at_mut(at);
        (Part { first: self.first, slice: head }, Part { first: self.first + at, slice: tail })
    }
}

/// All of `piece`, a chunk per call, until `halted`.
///
/// Lazy binary splitting (A. Tzannes, G. Caragea, R. Barua, U. Vishkin, 2010): a piece is cut only when nothing of this worker is
/// left for others to take, so that there are about as many forks as thefts, whatever the chunks cost. What differs: the work on
/// offer is a shelf of some places instead of a deque.
pub(crate) fn spread<P, H, F>(mut piece: P, chunk: usize, halted: &H, each: &F)
where
    P: Piece,
    H: Fn() -> bool + Sync,
    F: Fn(P) + Sync,
{
    while piece.len() > chunk {
        if halted() {
            return;
        }
        if Worker::with(Worker::should_fork) == Some(true) {
            let half = (piece.len() / chunk / 2).max(1) * chunk;
            let (front, back) = piece.split(half);
            join(|| spread(front, chunk, halted, each), || spread(back, chunk, halted, each));
            return;
        }
        let (head, rest) = piece.split(chunk);
        each(head);
        piece = rest;
    }
    if piece.len() > 0 && !halted() {
        each(piece);
    }
}
