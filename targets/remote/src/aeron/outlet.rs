//! Aeron's way out: an exclusive publication, which the keeper opens and opens again.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use zerocopy::{Immutable, IntoBytes};

use crate::aeron::engine::{Handle, Publication};
use crate::aeron::keeper::{Finish, Order, Session};
use crate::aeron::port::{News, Port, Slot};
use crate::outlet::{Note, Offered, Outlet};
use crate::post::Post;
use crate::tally::Tally;
use crate::wire::{HEADER_BYTES, Header};

/// A sender's side of Aeron's client: two calls into it per message.
pub struct Out<T> {
    publication: Option<Publication>,
    // Messages longer than a frame are put together here.
    long: Option<Box<[u8]>>,
    port: Arc<Port>,
    session: Arc<Session>,
    values: PhantomData<fn(T)>,
}

impl<T: IntoBytes + Immutable> Out<T> {
    const LENGTH: usize = HEADER_BYTES + size_of::<T>();

    pub(crate) fn new(port: Arc<Port>, session: Arc<Session>) -> Self {
        Self { publication: None, long: None, port, session, values: PhantomData }
    }

    /// Takes the publication that was opened, if one was.
    pub(crate) fn take_publication(&mut self) -> Option<&Publication> {
        let mut slot = self.port.slot();
        if let Slot::Here(_) = &*slot
            && let Slot::Here(Handle::Publication(publication)) = std::mem::replace(&mut *slot, Slot::Taken)
        {
            if Self::LENGTH > publication.max_frame {
                self.long = Some(vec![0; Self::LENGTH].into_boxed_slice());
            }
            self.publication = Some(publication);
        }
        self.publication.as_ref()
    }
}

impl<T: IntoBytes + Immutable> Outlet<T> for Out<T> {
    #[inline(always)]
    fn has_news(&self) -> bool {
        self.port.has_news()
    }

    fn follow(&mut self) -> bool {
        match self.port.hear() {
            News::None => false,
            News::Opened => {
                // The news of the first opening may come after its publication was taken.
                let is_new = matches!(*self.port.slot(), Slot::Here(_));
                self.take_publication();
                is_new
            }
            News::Lost => {
                // The keeper closes the client of a lost driver when its handles have come back.
                self.publication = None;
                self.port.want();
                false
            }
        }
    }

    fn is_open(&self) -> bool {
        self.publication.is_some()
    }

    fn is_connected(&self) -> bool {
        self.publication.as_ref().is_some_and(Publication::is_connected)
    }

    #[inline(always)]
    fn send(&mut self, header: &Header, value: &T, note: Note<'_>) -> Offered {
        let header = header.to_bytes();
        let Some(publication) = &mut self.publication else { return Offered::NotConnected };
        if let Some(long) = &mut self.long {
            long[..HEADER_BYTES].copy_from_slice(&header);
            long[HEADER_BYTES..].copy_from_slice(value.as_bytes());
            note.take();
            let offered = publication.offer(long);
            if offered != Offered::Sent {
                note.undo();
            }
            return offered;
        }
        publication.send(Self::LENGTH, |at| {
            note.take();
            let bytes = value.as_bytes();
            // SAFETY: the engine gives room for `LENGTH` bytes, of which these are the first.
            unsafe { std::ptr::copy_nonoverlapping(header.as_ptr(), at, HEADER_BYTES) };
            // SAFETY: these are the others.
            let at = unsafe { at.add(HEADER_BYTES) };
            // SAFETY: the value's bytes fit, and what is in the log is nowhere in a value.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), at, bytes.len()) };
        })
    }

    /// Closed by Aeron, or at the greatest position that a log has: the stream goes on in another.
    fn reopen(&mut self) {
        if let Some(publication) = self.publication.take() {
            self.port.want();
            self.session.order(Order::Close(Handle::Publication(publication)));
        }
    }

    fn finish<'a>(
        &mut self,
        values: impl Iterator<Item = (Header, &'a T)>,
        end: Header,
        tally: &Arc<Tally>,
    ) -> bool
    where
        T: 'a,
    {
        let port = Arc::clone(&self.port);
        let Some(publication) = self.publication.take() else {
            self.session.order(Order::Detach(port, None));
            return false;
        };
        let values = values.map(|(header, value)| message(header, value.as_bytes()));
        let messages = values.chain([message(end, &[])]).collect();
        let finish = Finish { publication, messages, tally: Arc::clone(tally) };
        self.session.order(Order::Finish(port, finish));
        true
    }

    #[inline(always)]
    fn post(&self) -> &Arc<Post> {
        &self.port.post
    }
}

fn message(header: Header, value: &[u8]) -> Box<[u8]> {
    let mut message = Vec::with_capacity(HEADER_BYTES + value.len());
    message.extend_from_slice(&header.to_bytes());
    message.extend_from_slice(value);
    message.into_boxed_slice()
}

impl<T> fmt::Debug for Out<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Out").field("port", &self.port).finish_non_exhaustive()
    }
}
