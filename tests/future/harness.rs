//! What the tests poll with, and what they put into graphs.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use futures_core::Stream;

/// Counts how often it is woken.
#[derive(Default)]
pub(crate) struct Wakes(AtomicUsize);

impl Wakes {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// An executor of one future, which sleeps until it is woken, and fails the test if that takes long.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        let left = until.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "the future was not woken for 20 seconds");
        std::thread::park_timeout(left);
    }
}

/// Polls once.
pub(crate) fn poll<F: Future + Unpin>(future: &mut F, wakes: &Arc<Wakes>) -> Poll<F::Output> {
    let waker = Waker::from(Arc::clone(wakes));
    Pin::new(future).poll(&mut Context::from_waker(&waker))
}

/// Waits until `done`, and fails the test if that takes long.
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < limit, "waited 20 seconds for: {what}");
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Things that are alive, counted.
#[derive(Clone, Default, Debug)]
pub(crate) struct Alive(Arc<AtomicUsize>);

impl Alive {
    pub(crate) fn one(&self) -> Living {
        self.0.fetch_add(1, Ordering::SeqCst);
        Living(self.clone())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Counted as alive until it is dropped.
#[derive(Debug)]
pub(crate) struct Living(Alive);

impl Drop for Living {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A future that is ready when it is told so, from any thread.
#[derive(Clone)]
pub(crate) struct Told<T>(Arc<Mutex<(Option<T>, Option<Waker>)>>);

impl<T> Default for Told<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new((None, None))))
    }
}

impl<T> Told<T> {
    pub(crate) fn tell(&self, value: T) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            state.0 = Some(value);
            state.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Wakes without having anything.
    pub(crate) fn tease(&self) {
        let waker = self.0.lock().unwrap().1.clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether what was told has not been taken.
    pub(crate) fn has_value(&self) -> bool {
        self.0.lock().unwrap().0.is_some()
    }

    /// Whether somebody waits.
    pub(crate) fn is_awaited(&self) -> bool {
        self.0.lock().unwrap().1.is_some()
    }
}

impl<T> Future for Told<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let mut state = self.0.lock().unwrap();
        match state.0.take() {
            Some(value) => Poll::Ready(value),
            None => {
                state.1 = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Is pending `0` times, and wakes itself each time.
pub(crate) struct Yields(pub(crate) u32);

impl Future for Yields {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// The sending end of a stream without a bound.
pub(crate) struct Feed<T>(Arc<Mutex<FeedState<T>>>);

struct FeedState<T> {
    items: VecDeque<T>,
    open: bool,
    waker: Option<Waker>,
}

/// The stream.
pub(crate) struct Fed<T>(Arc<Mutex<FeedState<T>>>);

pub(crate) fn feed<T>() -> (Feed<T>, Fed<T>) {
    let state = FeedState { items: VecDeque::new(), open: true, waker: None };
    let state = Arc::new(Mutex::new(state));
    (Feed(Arc::clone(&state)), Fed(state))
}

impl<T> Feed<T> {
    pub(crate) fn push(&self, item: T) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            state.items.push_back(item);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(crate) fn is_awaited(&self) -> bool {
        self.0.lock().unwrap().waker.is_some()
    }
}

impl<T> Drop for Feed<T> {
    fn drop(&mut self) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            state.open = false;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Stream for Fed<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = self.0.lock().unwrap();
        match state.items.pop_front() {
            Some(item) => Poll::Ready(Some(item)),
            None if !state.open => Poll::Ready(None),
            None => {
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// The next item of a stream.
pub(crate) async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}
