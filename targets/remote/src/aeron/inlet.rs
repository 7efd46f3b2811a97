//! Aeron's way in: a subscription, which the keeper opens and opens again, and messages of several frames put together.

use std::fmt;
use std::sync::Arc;

use zerocopy::FromBytes;

use crate::aeron::engine::{Frame, Handle, Hear, Subscription};
use crate::aeron::keeper::{Order, Session};
use crate::aeron::port::{News, Port, Slot};
use crate::event::{Event, Refusal};
use crate::inbox::Inbox;
use crate::inlet::{Heed, Inlet};
use crate::post::Post;
use crate::track::PEERS;
use crate::wire::{HEADER_BYTES, Header, Kind};

/// A receiver's side of Aeron's client: one call into it per look.
pub struct In {
    subscription: Option<Subscription>,
    opened_before: bool,
    parts: Parts,
    port: Arc<Port>,
    session: Arc<Session>,
}

impl In {
    pub(crate) fn new(port: Arc<Port>, session: Arc<Session>) -> Self {
        Self { subscription: None, opened_before: false, parts: Parts::default(), port, session }
    }
}

impl<T: FromBytes> Inlet<T> for In {
    #[inline(always)]
    fn has_news(&self) -> bool {
        self.port.has_news()
    }

    #[cold]
    fn follow(&mut self, inbox: &mut Inbox<T>) {
        match self.port.hear() {
            News::None => {}
            News::Opened => {
                let mut slot = self.port.slot();
                if let Slot::Here(_) = &*slot
                    && let Slot::Here(Handle::Subscription(subscription)) =
                        std::mem::replace(&mut *slot, Slot::Taken)
                {
                    drop(slot);
                    self.subscription = Some(subscription);
                    if std::mem::replace(&mut self.opened_before, true) {
                        inbox.reopened();
                    }
                }
            }
            News::Lost => {
                // The keeper closes the client of a lost driver when its handles have come back.
                self.subscription = None;
                self.port.want();
                self.parts.0.clear();
                inbox.tell(Event::DriverLost);
            }
        }
    }

    #[inline(always)]
    fn is_open(&self) -> bool {
        self.subscription.is_some()
    }

    #[inline(always)]
    fn poll(&mut self, inbox: &mut Inbox<T>, limit: usize) -> Option<usize> {
        let Self { subscription, parts, .. } = self;
        subscription.as_mut()?.poll(&mut Hearing { inbox, parts }, limit)
    }

    fn is_connected(&mut self) -> bool {
        self.subscription.as_mut().is_some_and(Subscription::is_connected)
    }

    #[inline(always)]
    fn post(&self) -> &Arc<Post> {
        &self.port.post
    }
}

impl Drop for In {
    fn drop(&mut self) {
        let subscription = self.subscription.take().map(Handle::Subscription);
        self.session.order(Order::Detach(Arc::clone(&self.port), subscription));
    }
}

impl fmt::Debug for In {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("In").field("port", &self.port).finish_non_exhaustive()
    }
}

/// Messages of several frames that are not complete, by the session that sends them.
#[derive(Debug, Default)]
struct Parts(Vec<(i32, Vec<u8>)>);

/// One look at the subscription.
struct Hearing<'a, T> {
    inbox: &'a mut Inbox<T>,
    parts: &'a mut Parts,
}

impl<T: FromBytes> Hear for Hearing<'_, T> {
    #[inline(always)]
    fn hear(&mut self, bytes: &[u8], frame: &Frame) -> Heed {
        if bytes.len() == Self::LENGTH { self.message(bytes) } else { self.part(bytes, frame) }
    }
}

impl<T: FromBytes> Hearing<'_, T> {
    const LENGTH: usize = HEADER_BYTES + size_of::<T>();

    /// One whole message.
    #[inline(always)]
    fn message(&mut self, bytes: &[u8]) -> Heed {
        let Some((header, value)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return self.inbox.refuse(Refusal::Length { got: bytes.len(), want: Self::LENGTH });
        };
        let Some(header) = Header::from_bytes(header) else { return self.inbox.refuse(Refusal::Header) };
        let is_value = header.kind == Kind::Value;
        let mut value = match T::read_from_bytes(value) {
            Ok(value) if is_value => Some(value),
            Err(_) if !is_value && value.is_empty() => None,
            // A value of no bytes is as long as none.
            Ok(_) if size_of::<T>() == 0 => None,
            _ => return self.refuse_length(&header, bytes.len()),
        };
        self.inbox.judge(&header, &mut value)
    }

    /// One frame of which nobody knows yet whether it is a whole message.
    #[cold]
    fn part(&mut self, bytes: &[u8], frame: &Frame) -> Heed {
        let part = frame.part();
        if part.first && part.last {
            return self.message(bytes);
        }
        let Parts(parts) = &mut *self.parts;
        let at = parts.iter().position(|(session, _)| *session == part.session);
        let at = at.unwrap_or_else(|| {
            if parts.len() == PEERS {
                // More senders than are followed: who came first gives up its place.
                parts.remove(0);
            }
            parts.push((part.session, Vec::with_capacity(Self::LENGTH)));
            parts.len() - 1
        });
        let together = &mut parts[at].1;
        if part.first {
            together.clear();
        } else if together.is_empty() {
            // The first frame was not heard, or the message was refused already.
            return Heed::Done;
        }
        let whole = together.len() + bytes.len();
        if whole > Self::LENGTH {
            together.clear();
            return self.inbox.refuse(Refusal::Length { got: whole, want: Self::LENGTH });
        }
        together.extend_from_slice(bytes);
        if !part.last {
            return Heed::Done;
        }
        let mut message = std::mem::take(together);
        let heed = self.message(&message);
        match heed {
            // The last frame will be heard again.
            Heed::Later => message.truncate(whole - bytes.len()),
            Heed::Done => message.clear(),
        }
        self.parts.0[at].1 = message;
        heed
    }

    /// The length is wrong: because of a foreign type, if that is what the header says.
    #[cold]
    fn refuse_length(&mut self, header: &Header, got: usize) -> Heed {
        let want = self.inbox.track.fingerprint();
        if header.fingerprint != want {
            return self.inbox.refuse(Refusal::Fingerprint { got: header.fingerprint, want });
        }
        self.inbox.refuse(Refusal::Length { got, want: Self::LENGTH })
    }
}
