//! iceoryx2's way out: a publisher that writes into a chunk and hands it over, or takes it back where nobody has room.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use iceoryx2::node::Node;
use iceoryx2::port::publisher::{Publisher, PublisherCreateError};
use iceoryx2::port::update_connections::UpdateConnections as _;
use iceoryx2::prelude::{BackpressureStrategy, PortFactory as _};
use iceoryx2::service::ipc::Service as Ipc;

use crate::error::RemoteError;
use crate::iceoryx::Plain;
use crate::iceoryx::frame::Frame;
use crate::iceoryx::leaving;
use crate::iceoryx::service::{Factory, Opened, Side, holder};
use crate::iceoryx::watch::{RETRY_EVERY, Watch};
use crate::outlet::{Note, Offered, Outlet};
use crate::post::Post;
use crate::tally::Tally;
use crate::terms::Terms;
use crate::wire::Header;

/// A sender's side of a service.
pub struct Out<T: Plain> {
    // `None` once it was left to the thread that sends the end.
    ports: Option<Ports<T>>,
    _watch: Watch,
    factory: Arc<Factory<T>>,
    post: Arc<Post>,
    present: Option<leaving::Present>,
}

/// The publisher and what keeps it open.
pub(crate) struct Ports<T: Plain> {
    publisher: Publisher<Ipc, Frame<T>, ()>,
    factory: Arc<Factory<T>>,
    // How many chunks there are: as many as the queue has places. So where there is no room none is to be had, which iceoryx2 sees before it
    // allocates what it lends a chunk with.
    chunks: usize,
    // Nobody had what was sent last.
    alone: bool,
    _node: Node<Ipc>,
}

// SAFETY: the publisher counts its users without atomics, and all of them are in it or in a chunk, which lives no longer than one call here;
// so they go from thread to thread together. Node and factory may be anywhere.
unsafe impl<T: Plain> Send for Ports<T> {}

impl<T: Plain> Out<T> {
    pub(crate) fn new(opened: Opened<T>, terms: &Terms, capacity: usize) -> Result<Self, RemoteError> {
        let Opened { factory, node } = opened;
        let chunks = capacity;
        let began = Instant::now();
        let publisher = loop {
            let asked = factory
                .publisher_builder()
                // All of them at once, to see that all have come back.
                .max_loaned_samples(chunks)
                .override_sample_preallocation(move |_| chunks)
                .backpressure_strategy(BackpressureStrategy::DiscardData)
                .create();
            match asked {
                Ok(publisher) => break publisher,
                // Maybe it is leaving, or was killed and is not cleaned up yet.
                Err(PublisherCreateError::ExceedsMaxSupportedPublishers)
                    if began.elapsed() < terms.open_within =>
                {
                    node.try_cleanup_dead_nodes();
                    thread::sleep(RETRY_EVERY);
                }
                Err(error) => return Err(refused(&factory, error)),
            }
        };
        let post = Arc::new(Post::new(terms.poll_every));
        let watch = Watch::start(Arc::clone(&factory), Side::Receiver, Arc::clone(&post))?;
        let ports = Ports { publisher, factory: Arc::clone(&factory), chunks, alone: false, _node: node };
        let present = Some(leaving::Present::new());
        Ok(Self { ports: Some(ports), _watch: watch, factory, post, present })
    }
}

fn refused<T: Plain>(factory: &Factory<T>, error: PublisherCreateError) -> RemoteError {
    let service = factory.name().to_string();
    match (error, holder(factory, Side::Sender)) {
        (PublisherCreateError::ExceedsMaxSupportedPublishers, Some(holder)) => {
            RemoteError::Taken { service, end: "sends on", process: holder.process }
        }
        _ => RemoteError::Service { service, reason: format!("iceoryx2 says {error:?}") },
    }
}

impl<T: Plain> Ports<T> {
    pub(crate) fn is_connected(&self) -> bool {
        self.factory.dynamic_config().number_of_subscribers() > 0
    }

    /// Why nothing was sent.
    #[cold]
    fn held_up(&mut self) -> Offered {
        self.alone = !self.is_connected();
        if self.alone { Offered::NotConnected } else { Offered::BackPressured }
    }

    /// No chunk is to be had: all are in the queue, or in the hands of a receiver that has gone.
    #[cold]
    fn out_of_chunks(&mut self) -> Offered {
        // Gives back those of one that has gone; should it fail, the next value asks again.
        let _ = self.publisher.update_connections();
        self.held_up()
    }

    #[inline(always)]
    fn send(&mut self, header: &Header, value: &T, note: Note<'_>) -> Offered {
        // Looked at again before a chunk is borrowed for nobody.
        if self.alone && !self.is_connected() {
            return Offered::NotConnected;
        }
        let Ok(mut sample) = self.publisher.loan_uninit() else { return self.out_of_chunks() };
        Frame::write(sample.payload_mut(), header, value);
        // SAFETY: it was written just now.
        let sample = unsafe { sample.assume_init() };
        note.take();
        match sample.send() {
            Ok(receivers) if receivers > 0 => {
                self.alone = false;
                Offered::Sent
            }
            // Nobody has it: the chunk came back by itself.
            _ => {
                note.undo();
                self.held_up()
            }
        }
    }

    /// Sends a message as it is. Whether somebody has it.
    pub(crate) fn send_frame(&mut self, frame: &Frame<T>) -> bool {
        let Ok(mut sample) = self.publisher.loan_uninit() else {
            self.out_of_chunks();
            return false;
        };
        // SAFETY: both are a frame's size and apart, and a frame may be had twice, as its value may.
        unsafe { std::ptr::copy_nonoverlapping(frame, sample.payload_mut().as_mut_ptr(), 1) };
        // SAFETY: it was written just now.
        let sample = unsafe { sample.assume_init() };
        sample.send().is_ok_and(|receivers| receivers > 0)
    }

    /// Whether the receiver has given back all that was sent, so that nothing is lost with this end.
    pub(crate) fn all_came_back(&mut self) -> bool {
        // A receiver that has gone holds nothing any more.
        let _ = self.publisher.update_connections();
        let loaned: Vec<_> = (0..self.chunks).map_while(|_| self.publisher.loan_uninit().ok()).collect();
        loaned.len() == self.chunks
    }
}

impl<T: Plain> Outlet<T> for Out<T> {
    #[inline(always)]
    fn has_news(&self) -> bool {
        false
    }

    fn follow(&mut self) -> bool {
        false
    }

    #[inline(always)]
    fn is_open(&self) -> bool {
        true
    }

    fn is_connected(&self) -> bool {
        self.ports.as_ref().is_some_and(Ports::is_connected)
    }

    #[inline(always)]
    fn send(&mut self, header: &Header, value: &T, note: Note<'_>) -> Offered {
        match &mut self.ports {
            Some(ports) => ports.send(header, value, note),
            None => Offered::NotConnected,
        }
    }

    /// A publisher never ends by itself.
    fn reopen(&mut self) {}

    fn finish<'a>(
        &mut self,
        values: impl Iterator<Item = (Header, &'a T)>,
        end: Header,
        tally: &Arc<Tally>,
    ) -> bool
    where
        T: 'a,
    {
        let (Some(ports), Some(present)) = (self.ports.take(), self.present.take()) else { return false };
        let values = values.map(|(header, value)| Frame::of(&header, value));
        let messages = values.chain([Frame::end(&end)]).collect();
        leaving::leave(ports, messages, Arc::clone(tally), present)
    }

    #[inline(always)]
    fn post(&self) -> &Arc<Post> {
        &self.post
    }
}

impl<T: Plain> fmt::Debug for Out<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Out").field("service", self.factory.name()).finish_non_exhaustive()
    }
}
