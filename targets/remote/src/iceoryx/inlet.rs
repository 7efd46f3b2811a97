//! iceoryx2's way in: a subscriber, whose chunks are copied out and given back at once.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use iceoryx2::node::Node;
use iceoryx2::port::subscriber::{Subscriber, SubscriberCreateError};
use iceoryx2::port::update_connections::UpdateConnections as _;
use iceoryx2::prelude::PortFactory as _;
use iceoryx2::service::ipc::Service as Ipc;

use crate::error::RemoteError;
use crate::event::{Event, Refusal};
use crate::iceoryx::Plain;
use crate::iceoryx::frame::Frame;
use crate::iceoryx::leaving;
use crate::iceoryx::service::{Factory, Opened, Side, holder};
use crate::iceoryx::watch::{RETRY_EVERY, Watch};
use crate::inbox::Inbox;
use crate::inlet::{Heed, Inlet};
use crate::post::Post;
use crate::terms::Terms;
use crate::wire::{Header, Kind};

/// A receiver's side of a service.
pub struct In<T: Plain> {
    // The watch goes first: it uses the factory.
    watch: Watch,
    subscriber: Subscriber<Ipc, Frame<T>, ()>,
    factory: Arc<Factory<T>>,
    post: Arc<Post>,
    // The sender's process, if it has ended and nobody was told.
    ended: Option<i32>,
    _node: Node<Ipc>,
    _present: leaving::Present,
}

// SAFETY: the subscriber counts its users without atomics, and all of them are in it or in a sample, which lives no longer than one call
// here; so they go from thread to thread together. Node and factory may be anywhere.
unsafe impl<T: Plain> Send for In<T> {}

impl<T: Plain> In<T> {
    pub(crate) fn new(opened: Opened<T>, terms: &Terms) -> Result<Self, RemoteError> {
        let Opened { factory, node } = opened;
        let began = Instant::now();
        let subscriber = loop {
            match factory.subscriber_builder().create() {
                Ok(subscriber) => break subscriber,
                // Maybe it is leaving, or was killed and is not cleaned up yet.
                Err(SubscriberCreateError::ExceedsMaxSupportedSubscribers)
                    if began.elapsed() < terms.open_within =>
                {
                    node.try_cleanup_dead_nodes();
                    thread::sleep(RETRY_EVERY);
                }
                Err(error) => return Err(refused(&factory, error)),
            }
        };
        let post = Arc::new(Post::new(terms.poll_every));
        let watch = Watch::start(Arc::clone(&factory), Side::Sender, Arc::clone(&post))?;
        Ok(Self {
            watch,
            subscriber,
            factory,
            post,
            ended: None,
            _node: node,
            _present: leaving::Present::new(),
        })
    }

    /// Connects to a sender that came since, so that what it sends stays when it has gone.
    pub(crate) fn connect(&mut self) {
        if let Err(error) = self.subscriber.update_connections() {
            self.post.set_fault(Some(format!("the sender cannot be connected to: iceoryx2 says {error:?}")));
        }
    }
}

fn refused<T: Plain>(factory: &Factory<T>, error: SubscriberCreateError) -> RemoteError {
    let service = factory.name().to_string();
    match (error, holder(factory, Side::Receiver)) {
        (SubscriberCreateError::ExceedsMaxSupportedSubscribers, Some(holder)) => {
            RemoteError::Taken { service, end: "receives from", process: holder.process }
        }
        _ => RemoteError::Service { service, reason: format!("iceoryx2 says {error:?}") },
    }
}

impl<T: Plain> Inlet<T> for In<T> {
    #[inline(always)]
    fn has_news(&self) -> bool {
        false
    }

    fn follow(&mut self, _: &mut Inbox<T>) {}

    #[inline(always)]
    fn is_open(&self) -> bool {
        true
    }

    #[inline(always)]
    fn poll(&mut self, inbox: &mut Inbox<T>, limit: usize) -> Option<usize> {
        for heard in 0..limit {
            let sample = match self.subscriber.receive() {
                Ok(Some(sample)) => sample,
                Ok(None) => {
                    if heard == 0 && (self.ended.is_some() || self.watch.has_news()) {
                        self.tell_death(inbox);
                    }
                    return Some(heard);
                }
                Err(error) => {
                    self.post.set_fault(Some(format!("iceoryx2 gives nothing: {error:?}")));
                    return None;
                }
            };
            let (header, value) = sample.payload().read();
            drop(sample);
            let Some(header) = Header::from_bytes(&header) else {
                inbox.refuse(Refusal::Header);
                continue;
            };
            let mut value = Some(value).filter(|_| header.kind == Kind::Value);
            if let Heed::Later = inbox.judge(&header, &mut value) {
                // iceoryx2 gives what a sender left before it gives what its successor sends, so there is nothing to wait for.
                inbox.track.turn();
                inbox.judge(&header, &mut value);
            }
        }
        Some(limit)
    }

    fn is_connected(&mut self) -> bool {
        self.factory.dynamic_config().number_of_publishers() > 0
    }

    #[inline(always)]
    fn post(&self) -> &Arc<Post> {
        &self.post
    }
}

impl<T: Plain> In<T> {
    /// Tells that the sender's process has ended without ending its stream, once all that it had sent has come: one more look finds
    /// nothing.
    #[cold]
    fn tell_death(&mut self, inbox: &mut Inbox<T>) {
        match self.ended.take() {
            Some(process) if !inbox.track.has_ended() => inbox.tell(Event::Died { process }),
            Some(_) => {}
            None => self.ended = self.watch.hear(),
        }
    }
}

impl<T: Plain> fmt::Debug for In<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("In").field("service", self.factory.name()).finish_non_exhaustive()
    }
}
