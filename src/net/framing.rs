//! Reading the frames of a stream.

use std::fmt;
use std::io::{self, Read};
use std::ops::Deref;
use std::sync::Arc;

use super::codec::{BadFrame, Codec, Scan};
use super::error::{Fault, NetError};
use super::home::Home;
use super::is_a_source;
use super::pool::{Pool, View};
use super::tcp::{Connection, TcpReader};
use crate::context::ContextRef;
use crate::source::{Source, Taken};

/// The least that a read buffer holds, unless [`Framed::buffers`] says otherwise.
const SIZE: usize = 1 << 16;
/// The most that a read buffer holds, whatever the codec would accept.
const MOST: usize = 1 << 24;

/// A source of the frames that `codec` finds in `stream`.
pub fn framed<C: Codec>(stream: impl Into<TcpReader>, codec: C) -> Framed<C> {
    let size = codec.limit().clamp(SIZE, MOST);
    Framed::new(stream.into().connection, codec, 2, size)
}

/// The source made by [`framed`].
///
/// **Gives** each frame in order, as a [`Frame`] that borrows the read buffer. **Ends** when the
/// peer closes the stream between two frames. **Fails**, and then ends, with
/// [`Fault::EndInsideFrame`] when it closes the stream inside a frame, with
/// [`Fault::FrameTooLong`] or [`Fault::BadFrame`] when the codec refuses the bytes, and with
/// [`Fault::Read`] when the connection breaks.
///
/// **Runs on** the stream's io context. Elsewhere [`take`](Source::take) fails with
/// [`Fault::OffContext`]; as a sender it goes to its context by itself.
///
/// **Costs** one system call for as many frames as have arrived and fit into a buffer; no
/// allocation. Payloads are not copied, except that the beginning of a frame that does not fit
/// behind its predecessors is moved to the front of a buffer before the rest is read. While every
/// buffer has frames that are still held nothing is read, and the peer is slowed down.
pub struct Framed<C> {
    connection: Arc<Connection>,
    pool: Pool,
    codec: C,
    size: usize,
    // The buffer that is read into; `start..end` of it is not handed out yet.
    buffer: Option<u32>,
    // INVARIANT: start <= end <= size.
    start: usize,
    end: usize,
    // How many bytes must come before another scan makes sense; zero if a scan is due.
    missing: usize,
    open: bool,
}

impl<C: Codec> Framed<C> {
    fn new(connection: Arc<Connection>, codec: C, count: usize, size: usize) -> Self {
        let pool = Pool::new(Home::new(connection.io.clone()), count, 0, size);
        Self { connection, pool, codec, size, buffer: None, start: 0, end: 0, missing: 1, open: true }
    }

    /// Reads into `count` buffers (1 to 1024) of `size` bytes (at most 16 MiB), instead of two that
    /// hold the codec's longest frame, and at least 64 KiB.
    ///
    /// With one buffer, nothing is read while a frame that must make room is held. A frame that is
    /// longer than `size` is refused, even if the codec would accept it.
    #[must_use]
    pub fn buffers(self, count: usize, size: usize) -> Self {
        Self::new(self.connection, self.codec, count.clamp(1, 1 << 10), size.clamp(1, MOST))
    }

    /// The next frame among the bytes that are here, or else how many are missing.
    #[inline]
    fn scan(&mut self, buffer: u32) -> Result<Option<Frame>, NetError> {
        // SAFETY: `start` lies inside the buffer.
        let bytes = unsafe { self.pool.bytes(buffer).add(self.start) };
        // SAFETY: these bytes were read and are not written to before this borrow ends.
        let bytes = unsafe { std::slice::from_raw_parts(bytes.as_ptr(), self.end - self.start) };
        let limit = self.codec.limit().min(self.size);
        let refuse = |bad: BadFrame, connection: &Connection| Err(bad.error(Some(connection.peer)));
        match self.codec.scan(bytes) {
            Ok(Scan::Frame { skip, length, trail }) => {
                let whole = skip.saturating_add(length).saturating_add(trail);
                if whole == 0 || whole > bytes.len() || length > u32::MAX as usize {
                    let bad = BadFrame::Other("the codec found a frame that is not there");
                    return refuse(bad, &self.connection);
                }
                // SAFETY: the frame lies inside the bytes that were read, as just checked, and what
                // is handed out is not written to before the view is gone; this is home.
                let view = unsafe { self.pool.lend_part(buffer, self.start + skip, length as u32) };
                self.start += whole;
                Ok(Some(Frame { view }))
            }
            Ok(Scan::More(missing)) => {
                self.missing = missing.max(1);
                let length = bytes.len().saturating_add(self.missing);
                if length > limit {
                    return refuse(BadFrame::TooLong { length, limit }, &self.connection);
                }
                Ok(None)
            }
            Err(bad) => refuse(bad, &self.connection),
        }
    }

    /// A buffer with room for what is missing. Only when no frame is complete.
    fn room(&mut self) -> Option<u32> {
        let Some(buffer) = self.buffer else {
            self.buffer = self.pool.claim();
            (self.start, self.end) = (0, 0);
            return self.buffer;
        };
        let left = self.end - self.start;
        let sole = self.pool.is_sole(buffer);
        if sole && left == 0 {
            (self.start, self.end) = (0, 0);
        }
        if self.size - self.end >= self.missing {
            return Some(buffer);
        }
        let target = if sole { buffer } else { self.pool.claim()? };
        // SAFETY: `start` lies inside the buffer.
        let from = unsafe { self.pool.bytes(buffer).add(self.start) };
        // SAFETY: `left` bytes were read at `from`; the target is as long, and none of its bytes is
        // lent out: either it was just claimed or the owner alone holds it.
        unsafe { from.copy_to(self.pool.bytes(target), left) };
        if !sole {
            self.pool.unclaim(buffer);
        }
        self.buffer = Some(target);
        (self.start, self.end) = (0, left);
        Some(target)
    }

    /// Reads behind what is there. Nothing as long as nothing has arrived.
    fn fill(&mut self, buffer: u32) -> io::Result<Option<usize>> {
        // SAFETY: `end` lies inside the buffer.
        let free = unsafe { self.pool.bytes(buffer).add(self.end) };
        // SAFETY: the bytes from `end` on are initialised, inside the buffer, claimed by this
        // source and not lent out.
        let free = unsafe { std::slice::from_raw_parts_mut(free.as_ptr(), self.size - self.end) };
        loop {
            match (&self.connection.stream).read(free) {
                Ok(got) => return Ok(Some(got)),
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::WouldBlock => return Ok(None),
                    _ => return Err(error),
                },
            }
        }
    }

    fn fail(&mut self, error: NetError) -> Taken<Frame, NetError> {
        self.open = false;
        Taken::Error(error)
    }
}

impl<C> fmt::Debug for Framed<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framed").field("connection", &self.connection).finish_non_exhaustive()
    }
}

impl<C: Codec> Source for Framed<C> {
    type Value = Frame;
    type Error = NetError;

    fn home(&self) -> Option<ContextRef> {
        Some(self.pool.home.context())
    }

    #[inline]
    fn take(&mut self) -> Taken<Frame, NetError> {
        if !self.pool.home.is_here() {
            return Taken::Error(NetError::new(Fault::OffContext).at(self.connection.peer));
        }
        if !self.open {
            return Taken::Ended;
        }
        loop {
            if self.missing == 0
                && let Some(buffer) = self.buffer
            {
                match self.scan(buffer) {
                    Ok(Some(frame)) => return Taken::Value(frame),
                    Ok(None) => {}
                    Err(error) => return self.fail(error),
                }
            }
            let Some(buffer) = self.room() else {
                self.pool.starve();
                return Taken::Empty;
            };
            match self.fill(buffer) {
                Ok(None) => return Taken::Empty,
                Ok(Some(0)) => {
                    self.open = false;
                    let have = self.end - self.start;
                    if have == 0 {
                        return Taken::Ended;
                    }
                    let fault = Fault::EndInsideFrame { have, missing: self.missing };
                    return Taken::Error(NetError::new(fault).at(self.connection.peer));
                }
                Ok(Some(got)) => {
                    self.end += got;
                    self.missing = self.missing.saturating_sub(got);
                }
                Err(cause) => {
                    let error = NetError::new(Fault::Read).at(self.connection.peer).because(cause);
                    return self.fail(error);
                }
            }
        }
    }
}

is_a_source!(Framed<C: Codec>, Frame);

/// The payload of a frame in its read buffer: dereferences to the bytes.
///
/// It is `Send`: it can cross a hop, 24 bytes of it, while its bytes stay where they are; the edge orders
/// their reading behind what wrote them. Dropped on another thread it costs up to two atomic
/// read-modify-writes, on the stream's own thread none. A read buffer is filled again when every frame in
/// it was dropped, so that frames that are kept for long keep 64 KiB each from being read into.
pub struct Frame {
    view: View,
}

impl Deref for Frame {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.view.as_slice()
    }
}

impl AsRef<[u8]> for Frame {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Frame").field(&&**self).finish()
    }
}
