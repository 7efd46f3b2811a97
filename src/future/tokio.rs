//! Graphs in tokio, and tokio's sockets in graphs (feature `tokio`).
//!
//! | to | write |
//! |---|---|
//! | run a graph inside of tokio | `Engine::on(context("here")?).run(graph)?.await` |
//! | begin with a tokio socket | `from_stream(datagrams::<N>(socket))`, `from_stream(read_frames(reader, codec, decode))` |
//! | end with one | `.and(send_datagrams(socket))`, `.and(write_frames(writer, header))` |
//! | compute on pinned cores in between | `.then(on(compute))` and back, `.then(on(here))` |
//!
//! A socket may be polled on any context; on one of [`context`] its readiness is noticed and its bytes are read on
//! tokio's own worker, without a wake across threads.

mod datagrams;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::{Handle, TryCurrentError};

pub use datagrams::{Datagram, Datagrams, SendDatagram, ToDatagram, datagrams, send_datagrams};

use super::frames::{Frames, ReadBytes, SendFrame, WriteBytes, send_frames};
use crate::context::polled::Polled;
use crate::net::codec::{Codec, Header};

/// A context that is a task of the current tokio runtime.
///
/// Of a runtime with several threads it runs on one at a time. It ends with its last handle; if the runtime is shut down earlier,
/// graphs on it end with [`RunError::ContextEnded`](crate::control::RunError::ContextEnded). The runtime must have time enabled
/// if a lane has timers.
///
/// # Errors
///
/// When the caller is not in a tokio runtime.
pub fn context(name: &str) -> Result<Polled, TryCurrentError> {
    Ok(context_on(&Handle::try_current()?, name))
}

/// As [`context`], in the runtime of `handle`.
pub fn context_on(handle: &Handle, name: &str) -> Polled {
    let (context, turns) = Polled::new(name);
    // It ends by itself, with the last handle of the context.
    drop(handle.spawn(turns));
    context
}

/// A reader or writer of tokio.
#[derive(Debug)]
pub struct TokioIo<T>(T);

impl<R: AsyncRead + Send + Unpin> ReadBytes for TokioIo<R> {
    fn read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }
}

impl<W: AsyncWrite + Send + Unpin> WriteBytes for TokioIo<W> {
    fn write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
}

/// The frames that `codec` finds in what a tokio reader reads, decoded where they were read; see [`Frames`].
pub fn read_frames<T, R, C, F>(reader: R, codec: C, decode: F) -> Frames<TokioIo<R>, C, F>
where
    R: AsyncRead + Send + Unpin,
    C: Codec,
    F: FnMut(&[u8]) -> T,
{
    Frames::new(TokioIo(reader), codec, decode)
}

/// The stage that writes each message to a tokio writer, in a frame; see [`SendFrame`].
pub fn write_frames<B, W, H>(
    writer: W,
    header: H,
) -> impl FnMut(B) -> SendFrame<B, TokioIo<W>> + Send + Clone + 'static
where
    B: AsRef<[u8]> + Send,
    W: AsyncWrite + Send + Unpin + 'static,
    H: Header + Clone + Send + 'static,
{
    send_frames(TokioIo(writer), header)
}
