//! Frames in streams of bytes that another library reads and writes.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::polling::{PollOperation, Polls};
use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::net::codec::{BadFrame, Codec, Envelope, Header, Scan};
use crate::net::{Fault, NetError};
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The least that a read buffer holds.
const LEAST: usize = 1 << 16;
/// The most that a read buffer holds, whatever the codec would accept.
const MOST: usize = 1 << 24;

/// Reads bytes, whatever the library's own trait is.
pub trait ReadBytes: Send {
    /// Reads some bytes into `buffer`, which is not empty; none at the end of the stream.
    fn read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>>;
}

/// Writes bytes, whatever the library's own trait is.
pub trait WriteBytes: Send {
    /// Takes some of `bytes`, which are not empty.
    fn write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Sees to it that what was taken goes out.
    fn flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// The frames of a reader, as a stream for [`from_stream`](super::from_stream).
///
/// **Gives** what `decode` makes of each frame's payload, which it is lent where it was read: a payload is neither copied nor
/// allocated. **Ends** when the reader ends between two frames. **Fails**, and then ends, with [`Fault::EndInsideFrame`]
/// when it ends inside of one, with [`Fault::FrameTooLong`] or [`Fault::BadFrame`] when the codec refuses the bytes, and with
/// [`Fault::Read`] when the reader fails.
/// **Costs** one buffer; one read for as many frames as it brings.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Frames<R, C, F> {
    reader: Pin<Box<R>>,
    codec: C,
    decode: F,
    buffer: Box<[u8]>,
    // INVARIANT: start <= end <= buffer.len(); `start..end` was read and not handed out.
    start: usize,
    end: usize,
    // How many bytes must come before another scan makes sense; zero if a scan is due.
    missing: usize,
    open: bool,
}

impl<R, C, F> fmt::Debug for Frames<R, C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("waiting", &(self.end - self.start)).finish_non_exhaustive()
    }
}

impl<R: ReadBytes, C: Codec, F> Frames<R, C, F> {
    pub(super) fn new(reader: R, codec: C, decode: F) -> Self {
        let size = codec.limit().clamp(LEAST, MOST);
        let buffer = vec![0; size].into_boxed_slice();
        Self { reader: Box::pin(reader), codec, decode, buffer, start: 0, end: 0, missing: 1, open: true }
    }

    /// The payload of the next frame among the bytes that are here.
    fn scan(&mut self) -> Result<Option<std::ops::Range<usize>>, NetError> {
        let bytes = self.buffer.get(self.start..self.end).unwrap_or_default();
        let limit = self.codec.limit().min(self.buffer.len());
        match self.codec.scan(bytes).map_err(|bad| bad.error(None))? {
            Scan::Frame { skip, length, trail } => {
                let whole = skip.saturating_add(length).saturating_add(trail);
                if whole == 0 || whole > bytes.len() {
                    let bad = BadFrame::Other("the codec found a frame that is not there");
                    return Err(bad.error(None));
                }
                let payload = self.start + skip;
                self.start += whole;
                Ok(Some(payload..payload + length))
            }
            Scan::More(missing) => {
                self.missing = missing.max(1);
                let length = bytes.len().saturating_add(self.missing);
                if length > limit {
                    return Err(BadFrame::TooLong { length, limit }.error(None));
                }
                Ok(None)
            }
        }
    }

    fn fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, NetError>> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.buffer.len() - self.end < self.missing {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = ready!(self.reader.as_mut().read(cx, room));
        Poll::Ready(match read {
            Err(cause) => Err(NetError::new(Fault::Read).because(cause)),
            Ok(0) if self.start == self.end => Ok(false),
            Ok(0) => {
                let fault = Fault::EndInsideFrame { have: self.end - self.start, missing: self.missing };
                Err(NetError::new(fault))
            }
            Ok(read) => {
                self.end = (self.end + read).min(self.buffer.len());
                self.missing = self.missing.saturating_sub(read);
                Ok(true)
            }
        })
    }
}

/// The reader is pinned in a box of its own.
impl<R, C, F> Unpin for Frames<R, C, F> {}

impl<T, R: ReadBytes, C: Codec, F: FnMut(&[u8]) -> T> Stream for Frames<R, C, F> {
    type Item = Result<T, NetError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        while this.open {
            if this.missing == 0 {
                match this.scan() {
                    Err(error) => {
                        this.open = false;
                        return Poll::Ready(Some(Err(error)));
                    }
                    Ok(Some(payload)) => {
                        let payload = this.buffer.get(payload).unwrap_or_default();
                        return Poll::Ready(Some(Ok((this.decode)(payload))));
                    }
                    Ok(None) => {}
                }
            }
            match ready!(this.fill(cx)) {
                Ok(true) => {}
                Ok(false) => this.open = false,
                Err(error) => {
                    this.open = false;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        Poll::Ready(None)
    }
}

/// A writer that the messages of a graph share.
struct Shared<W> {
    // One pass at a time uses it; several lanes may.
    writer: Mutex<Writer<W>>,
}

struct Writer<W> {
    inner: Pin<Box<W>>,
    // Whether it was given up in the middle of a message.
    broken: bool,
}

/// The stage that writes each message to `writer`, in a frame.
pub(super) fn send_frames<W: WriteBytes + 'static, H, B>(
    writer: W,
    header: H,
) -> impl FnMut(B) -> SendFrame<B, W> + Send + Clone + 'static
where
    B: AsRef<[u8]> + Send,
    H: Header + Clone + Send + 'static,
{
    let writer = Writer { inner: Box::pin(writer), broken: false };
    let shared = Arc::new(Shared { writer: Mutex::new(writer) });
    move |bytes: B| SendFrame {
        envelope: header.envelope(bytes.as_ref()),
        bytes: Some(bytes),
        sent: 0,
        shared: Arc::clone(&shared),
    }
}

/// The sender of one message.
///
/// **Completes** with the message, once the writer has taken all of it and was flushed: inside `start` if it does so at once,
/// else when there is room, which is what slows the graph down to the reader at the other end. **Fails** with
/// [`Fault::Send`] when the writer does, and with [`Fault::FrameTooLong`] or [`Fault::BadFrame`] when the message does not
/// fit into a frame; nothing of it is sent then. Stopped in the middle of a message it leaves the writer unusable: later messages fail
/// with [`Fault::Broken`].
///
/// Messages go one after another: it is for one lane at a time.
///
/// **Costs** one write and one flush if the writer takes the message whole, a second write for its header; no allocation.
#[must_use = "a sender does nothing until it is run"]
pub struct SendFrame<B, W> {
    envelope: Result<Envelope, BadFrame>,
    // INVARIANT: there until the message was sent.
    bytes: Option<B>,
    // Bytes of the message, with its envelope, that the writer has taken.
    sent: usize,
    shared: Arc<Shared<W>>,
}

impl<B, W> fmt::Debug for SendFrame<B, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendFrame").field("sent", &self.sent).finish_non_exhaustive()
    }
}

/// Nothing in it is pinned.
impl<B, W> Unpin for SendFrame<B, W> {}

impl<B: AsRef<[u8]> + Send, W: WriteBytes> SendFrame<B, W> {
    fn go_on(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NetError>> {
        let envelope = self.envelope.map_err(|bad| bad.error(None))?;
        let body = self.bytes.as_ref().map_or(&[][..], AsRef::as_ref);
        let parts = [envelope.head(), body, envelope.tail()];
        let mut writer = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if writer.broken {
            return Poll::Ready(Err(NetError::new(Fault::Broken)));
        }
        loop {
            let mut skip = self.sent;
            let rest = parts.iter().find_map(|part| {
                let rest = part.get(skip..).filter(|rest| !rest.is_empty());
                skip = skip.saturating_sub(part.len());
                rest
            });
            let failed = |cause: io::Error| NetError::new(Fault::Send).because(cause);
            let Some(rest) = rest else {
                return writer.inner.as_mut().flush(cx).map_err(failed);
            };
            match ready!(writer.inner.as_mut().write(cx, rest)) {
                Ok(0) => {
                    writer.broken = true;
                    return Poll::Ready(Err(failed(io::ErrorKind::WriteZero.into())));
                }
                Ok(taken) => self.sent += taken,
                Err(cause) => {
                    writer.broken = self.sent != 0;
                    return Poll::Ready(Err(failed(cause)));
                }
            }
        }
    }
}

impl<B: AsRef<[u8]> + Send, W: WriteBytes> Polls for SendFrame<B, W> {
    type Value = B;
    type Error = NetError;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Completion<B, NetError>> {
        if self.bytes.is_none() {
            return Poll::Ready(Completion::Stopped(StopReason::Ended));
        }
        let sent = ready!(self.go_on(cx));
        let bytes = self.bytes.take();
        Poll::Ready(match (sent, bytes) {
            (Ok(()), Some(bytes)) => Completion::Value(bytes),
            (Ok(()), None) => Completion::Stopped(StopReason::Ended),
            (Err(error), _) => Completion::Error(error),
        })
    }

    fn give_up(mut self: Pin<&mut Self>) {
        if self.sent != 0 {
            self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner).broken = true;
        }
        self.bytes = None;
    }
}

#[diagnostic::do_not_recommend]
impl<B: AsRef<[u8]> + Send, W: WriteBytes> Sender for SendFrame<B, W> {
    type Value = B;
    type Error = NetError;
    type Operation<R: Receiver<B, NetError>> = PollOperation<Self, R>;

    fn connect<R: Receiver<B, NetError>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        PollOperation::new(self, receiver, env)
    }
}
