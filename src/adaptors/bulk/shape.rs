//! What the calls of a bulk are made for: indices, ranges, elements or parts.

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::Verdict;
use crate::context::pool::{Part, Piece, spread, workers};
use crate::function::Fits;
use crate::opaque::opaque;
use crate::primitive::{AtomicBool, Ordering};
use crate::stop::StopToken;

/// How the calls of a bulk ended.
#[derive(Debug)]
pub enum Ended<E> {
    /// Every call has returned.
    All,
    /// One has failed.
    Failed(E),
    /// Some were left out, because a stop was requested.
    Stopped,
}

/// What the calls of a bulk are made for. `V` is the value, and `E` how a pass may have failed before.
pub trait Shape<V, E>: Send {
    /// How a pass fails afterwards.
    type Error;

    /// Makes all calls, unless one fails or a stop is requested.
    fn call(&self, value: &mut V, stop: &StopToken) -> Ended<Self::Error>;

    /// What an earlier error becomes.
    fn earlier(error: E) -> Self::Error;
}

/// The pieces into which work is cut for each worker, so that a stop is seen soon and the ends even out.
const PIECES: usize = 64;
/// No chunk that this library chooses is larger.
const LARGEST: usize = 1024;

fn good_chunk(n: usize) -> usize {
    (n / workers() / PIECES).clamp(1, LARGEST)
}

/// Calls `each` for the whole of `piece`, a chunk at a time.
fn sweep<P, E, F>(piece: P, chunk: usize, stop: &StopToken, each: F) -> Ended<E>
where
    P: Piece,
    E: Send,
    F: Fn(P) -> Result<(), E> + Sync,
{
    let (failed, stopped) = (AtomicBool::new(false), AtomicBool::new(false));
    let error = Mutex::new(None);
    let halted = || {
        // ORDERING: relaxed, it only spares work; the error is behind the lock.
        if failed.load(Ordering::Relaxed) {
            return true;
        }
        let requested = stop.stop_requested();
        if requested {
            // ORDERING: relaxed, read after every call was joined.
            stopped.store(true, Ordering::Relaxed);
        }
        requested
    };
    let call = |piece| {
        if let Err(made) = each(piece) {
            let mut made = Some(made);
            {
                let mut first = error.lock().unwrap_or_else(PoisonError::into_inner);
                if first.is_none() {
                    *first = made.take();
                }
            }
            // ORDERING: relaxed, as above.
            failed.store(true, Ordering::Relaxed);
            // One that came second is dropped here, where nobody waits for it.
            drop(made);
        }
    };
    spread(piece, chunk.max(1), &halted, &call);
    match error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Ended::Failed(error),
        // ORDERING: relaxed, the join orders it.
        None if stopped.load(Ordering::Relaxed) => Ended::Stopped,
        None => Ended::All,
    }
}

/// Every index of a range: the shape of [`bulk`](super::BulkExt::bulk) and [`bulk_unchunked`](super::BulkExt::bulk_unchunked).
#[derive(Clone)]
pub struct Indices<F> {
    n: usize,
    // None for what is good for the number of workers.
    chunk: Option<usize>,
    f: F,
}

opaque!(Indices<F>);

impl<F> Indices<F> {
    pub(super) const fn new(n: usize, chunk: Option<usize>, f: F) -> Self {
        Self { n, chunk, f }
    }
}

impl<V, E, F, O> Shape<V, E> for Indices<F>
where
    V: Sync,
    F: Fn(usize, &V) -> O + Send + Sync,
    O: Verdict<E, Fits>,
{
    type Error = O::Error;

    fn call(&self, value: &mut V, stop: &StopToken) -> Ended<O::Error> {
        let (value, chunk) = (&*value, self.chunk.unwrap_or_else(|| good_chunk(self.n)));
        sweep(0..self.n, chunk, stop, |mut range: Range<usize>| {
            range.try_for_each(|at| (self.f)(at, value).verdict())
        })
    }

    fn earlier(error: E) -> O::Error {
        O::earlier(error)
    }
}

/// Ranges of so many indices: the shape of [`bulk_chunked`](super::BulkExt::bulk_chunked).
#[derive(Clone)]
pub struct Ranges<F> {
    n: usize,
    chunk: usize,
    f: F,
}

opaque!(Ranges<F>);

impl<F> Ranges<F> {
    pub(super) const fn new(n: usize, chunk: usize, f: F) -> Self {
        Self { n, chunk, f }
    }
}

impl<V, E, F, O> Shape<V, E> for Ranges<F>
where
    V: Sync,
    F: Fn(Range<usize>, &V) -> O + Send + Sync,
    O: Verdict<E, Fits>,
{
    type Error = O::Error;

    fn call(&self, value: &mut V, stop: &StopToken) -> Ended<O::Error> {
        let value = &*value;
        sweep(0..self.n, self.chunk, stop, |range| (self.f)(range, value).verdict())
    }

    fn earlier(error: E) -> O::Error {
        O::earlier(error)
    }
}

/// Every element of the value: the shape of [`bulk_each`](super::BulkExt::bulk_each).
#[derive(Clone)]
pub struct Elements<F, T> {
    f: F,
    elements: PhantomData<fn(T)>,
}

opaque!(Elements<F, T>);

impl<F, T> Elements<F, T> {
    pub(super) const fn new(f: F) -> Self {
        Self { f, elements: PhantomData }
    }
}

impl<V, E, F, T, O> Shape<V, E> for Elements<F, T>
where
    V: AsMut<[T]>,
    T: Send,
    F: Fn(usize, &mut T) -> O + Send + Sync,
    O: Verdict<E, Fits>,
{
    type Error = O::Error;

    fn call(&self, value: &mut V, stop: &StopToken) -> Ended<O::Error> {
        let slice = value.as_mut();
        let chunk = good_chunk(slice.len());
        sweep(Part { first: 0, slice }, chunk, stop, |part: Part<'_, T>| {
            (part.first..).zip(part.slice).try_for_each(|(at, element)| (self.f)(at, element).verdict())
        })
    }

    fn earlier(error: E) -> O::Error {
        O::earlier(error)
    }
}

/// Parts of so many elements: the shape of [`bulk_each_chunked`](super::BulkExt::bulk_each_chunked).
#[derive(Clone)]
pub struct Parts<F, T> {
    chunk: usize,
    f: F,
    elements: PhantomData<fn(T)>,
}

opaque!(Parts<F, T>);

impl<F, T> Parts<F, T> {
    pub(super) const fn new(chunk: usize, f: F) -> Self {
        Self { chunk, f, elements: PhantomData }
    }
}

impl<V, E, F, T, O> Shape<V, E> for Parts<F, T>
where
    V: AsMut<[T]>,
    T: Send,
    F: Fn(usize, &mut [T]) -> O + Send + Sync,
    O: Verdict<E, Fits>,
{
    type Error = O::Error;

    fn call(&self, value: &mut V, stop: &StopToken) -> Ended<O::Error> {
        sweep(Part { first: 0, slice: value.as_mut() }, self.chunk, stop, |part: Part<'_, T>| {
            (self.f)(part.first, part.slice).verdict()
        })
    }

    fn earlier(error: E) -> O::Error {
        O::earlier(error)
    }
}
