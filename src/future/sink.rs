//! A `Sink` as the consumer of a graph, and the readers and writers of the futures crates (feature `futures`).

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use futures_sink::Sink;

use super::frames::{Frames, ReadBytes, SendFrame, WriteBytes, send_frames};
use super::polling::{PollOperation, Polls};
use super::slot::{Key, Slot};
use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::net::codec::{Codec, Header};
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The stage that gives each value to a sink, for `.and(into_sink(sink))`.
///
/// **Completes** with `()` once the sink has taken the value and was flushed: inside `start` if it does so at once, else
/// later, which is what slows the graph down to the sink. **Fails** as the sink does.
/// **Runs** on the context where the pass is, woken by the sink's waker.
/// **Costs** an uncontended lock; no allocation in the long run.
///
/// The stage may be cloned, for several lanes or arms: their values go in as they come. The sink is dropped with the graph, without being closed.
pub fn into_sink<T: Send, K>(sink: K) -> impl FnMut(T) -> ToSink<T, K> + Send + Clone + 'static
where
    K: Sink<T, Error: Send> + Send + 'static,
{
    let slot = Arc::new(Slot::default());
    let waker = Waker::from(Arc::clone(&slot));
    let shared = Arc::new(Shared { sink: Mutex::new(Box::pin(sink)), slot, waker });
    move |value| ToSink { step: Step::Offer(value), shared: Arc::clone(&shared), waits: Key::default() }
}

/// The sender of one value to a sink.
#[must_use = "a sender does nothing until it is run"]
pub struct ToSink<T, K> {
    step: Step<T>,
    shared: Arc<Shared<K>>,
    waits: Key,
}

struct Shared<K> {
    // Contended only if several lanes use the sink.
    sink: Mutex<Pin<Box<K>>>,
    // A sink knows the waker of whoever asked it last, so that it is given one for all.
    slot: Arc<Slot>,
    waker: Waker,
}

impl<T, K> Drop for ToSink<T, K> {
    fn drop(&mut self) {
        self.shared.slot.disarm(&mut self.waits);
    }
}

enum Step<T> {
    Offer(T),
    Flush,
    Over,
}

impl<T, K> fmt::Debug for ToSink<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToSink").finish_non_exhaustive()
    }
}

/// The sink is pinned in a box of its own.
impl<T, K> Unpin for ToSink<T, K> {}

impl<T: Send, K: Sink<T, Error: Send> + Send> ToSink<T, K> {
    fn go_on(&mut self) -> Poll<Result<(), K::Error>> {
        let cx = &mut Context::from_waker(&self.shared.waker);
        let mut sink = self.shared.sink.lock().unwrap_or_else(PoisonError::into_inner);
        if let Step::Offer(_) = self.step {
            ready!(sink.as_mut().poll_ready(cx))?;
            if let Step::Offer(value) = std::mem::replace(&mut self.step, Step::Flush) {
                sink.as_mut().start_send(value)?;
            }
        }
        sink.as_mut().poll_flush(cx)
    }
}

impl<T: Send, K: Sink<T, Error: Send> + Send> Polls for ToSink<T, K> {
    type Value = ();
    type Error = K::Error;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Completion<(), K::Error>> {
        if let Step::Over = self.step {
            return Poll::Ready(Completion::Stopped(StopReason::Ended));
        }
        let mut sent = self.go_on();
        if sent.is_pending() {
            let this = &mut *self;
            this.shared.slot.arm(&mut this.waits, cx.waker());
            // Once more: what happened before did not find the waker.
            sent = self.go_on();
        }
        let sent = ready!(sent);
        self.step = Step::Over;
        // The sink has answered whom it asked last, and need not wake the others.
        self.shared.slot.wake();
        Poll::Ready(sent.into())
    }

    fn give_up(mut self: Pin<&mut Self>) {
        self.step = Step::Over;
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send, K: Sink<T, Error: Send> + Send> Sender for ToSink<T, K> {
    type Value = ();
    type Error = K::Error;
    type Operation<R: Receiver<(), K::Error>> = PollOperation<Self, R>;

    fn connect<R: Receiver<(), K::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        PollOperation::new(self, receiver, env)
    }
}

/// A reader or writer of the futures crates.
#[derive(Debug)]
pub struct FuturesIo<T>(T);

impl<R: futures_io::AsyncRead + Send + Unpin> ReadBytes for FuturesIo<R> {
    fn read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<W: futures_io::AsyncWrite + Send + Unpin> WriteBytes for FuturesIo<W> {
    fn write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
}

/// The frames that `codec` finds in what an `AsyncRead` of the futures crates reads, decoded; see [`Frames`].
pub fn read_frames<T, R, C, F>(reader: R, codec: C, decode: F) -> Frames<FuturesIo<R>, C, F>
where
    R: futures_io::AsyncRead + Send + Unpin,
    C: Codec,
    F: FnMut(&[u8]) -> T,
{
    Frames::new(FuturesIo(reader), codec, decode)
}

/// The stage that writes each message to an `AsyncWrite` of the futures crates, in a frame; see [`SendFrame`].
pub fn write_frames<B, W, H>(
    writer: W,
    header: H,
) -> impl FnMut(B) -> SendFrame<B, FuturesIo<W>> + Send + Clone + 'static
where
    B: AsRef<[u8]> + Send,
    W: futures_io::AsyncWrite + Send + Unpin + 'static,
    H: Header + Clone + Send + 'static,
{
    send_frames(FuturesIo(writer), header)
}
